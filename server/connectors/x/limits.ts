import { countedLimit, type Headers, type ReportedLimit } from '../kit/limits';

/**
 * Reads X's limits: a window of 15 minutes and, besides it, limits per app and per user in 24 hours. All three end at a time in seconds since
 * 1970: https://docs.x.com/x-api/fundamentals/rate-limits
 */
export const readLimits = (headers: Headers, now: Date): ReportedLimit[] => [
  ...countedLimit(headers, 'x-rate-limit', now),
  ...countedLimit(headers, 'x-app-limit-24hour', now, 'app day'),
  ...countedLimit(headers, 'x-user-limit-24hour', now, 'user day'),
];
