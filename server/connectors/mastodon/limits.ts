import { countedLimit, type Headers, type ReportedLimit } from '../kit/limits';

/** Reads the limit that is closest to its end; it ends at a time in ISO 8601: https://docs.joinmastodon.org/api/rate-limits/ */
export const readLimits = (headers: Headers, now: Date): ReportedLimit[] =>
  countedLimit(headers, 'x-ratelimit', now);
