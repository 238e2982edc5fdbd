import { countOf, type Headers, inSeconds, type ReportedLimit, retryAfter } from '../kit/limits';

/** The daily quota is a sliding window that frees itself bit by bit: https://developers.etsy.com/documentation/essentials/rate-limits */
const SLIDING_DAY_S = 3_600;

/** Etsy limits requests per second and per day, and reports the end of neither. */
export function readLimits(headers: Headers, now: Date): ReportedLimit[] {
  const limits: ReportedLimit[] = [];
  const second = countOf(headers['x-remaining-this-second']);
  if (second === 0)
    limits.push({ window: 'second', remaining: 0, resetsAt: inSeconds(now, 1), scope: 'all' });
  const today = countOf(headers['x-remaining-today']);
  if (today === 0) {
    const told = retryAfter(headers, now);
    // The refusal of the daily quota says when to come back; a last accepted request does not.
    const resetsAt = told !== null && told > 1 ? inSeconds(now, told) : inSeconds(now, SLIDING_DAY_S);
    limits.push({ window: 'day', remaining: 0, resetsAt, scope: 'all' });
  }
  return limits;
}
