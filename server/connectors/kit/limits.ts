import { MAX_INT, nearestInstant } from '@/server/foundation/inputs';

/** A limit that a response reports. A request may be subject to several at the same time. */
export interface ReportedLimit {
  /** Distinguishes the limits of one request; empty for the platform's usual window. */
  readonly window: string;
  /** Requests left; null if only the end of the window is reported. */
  readonly remaining: number | null;
  /** When the limit starts anew; null if that is not reported. */
  readonly resetsAt: Date | null;
  /** `all`: the limit covers every request of the connection, otherwise only the one operation. */
  readonly scope?: 'all';
  /** How long to wait after a refusal for which no end of any limit is reported, in seconds. */
  readonly waitSeconds?: number;
}
/** Headers of a response, by name in lower case. */
export type Headers = Readonly<Record<string, string>>;

const DAY_S = 86_400;
/** Numbers up to this are seconds from now; larger ones are times. */
const LONGEST_DELTA_S = 1_000_000_000;
/** A limit that ends later than this is not believed: the number is in another unit, or wrong. */
const LONGEST_PLAUSIBLE_MS = 32 * DAY_S * 1000;

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^[+-]?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
/** Reads a number of requests left. Below zero, more were made than allowed. Null if it is not a number. */
export function countOf(text: string | undefined): number | null {
  const value = numberOf(text);
  return value === null ? null : Math.min(Math.max(0, Math.floor(value)), MAX_INT);
}
export const inSeconds = (now: Date, seconds: number): Date =>
  nearestInstant(now.getTime() + Math.max(0, seconds) * 1000);

/**
 * Parses the three forms of HTTP dates (RFC 9110, 5.6.7), which are all in GMT, and ISO 8601. `Date.parse` alone accepts almost any text with
 * a number in it.
 */
function dateOf(text: string): Date | null {
  const trimmed = text.trim();
  const zoned = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}$/.test(trimmed)
    ? `${trimmed} GMT`
    : trimmed;
  const isDate =
    /^[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} [\d:]{8} (?:GMT|UTC)$/.test(zoned) ||
    zoned !== trimmed ||
    /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/.test(zoned);
  const at = isDate ? Date.parse(zoned) : Number.NaN;
  return Number.isNaN(at) ? null : nearestInstant(at);
}
/** Seconds from now, a time since 1970 in seconds or a smaller unit, or a date. A time that has passed is fine: clocks differ. */
function timeOf(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const value = numberOf(text);
  if (value === null) return dateOf(text);
  if (value < LONGEST_DELTA_S) return inSeconds(now, value);
  const [perSecond] = [1, 1e3, 1e6, 1e9].filter((unit) => value / unit < 1e11);
  return nearestInstant((value / (perSecond ?? 1e9)) * 1000);
}
/** Whether a limit may end then. */
export const isPlausible = (at: Date, now: Date): boolean =>
  at.getTime() - now.getTime() <= LONGEST_PLAUSIBLE_MS;
/** Reads when a limit starts anew, in any unit or form. Null if that is not reported, or not plausibly. */
export function resetOf(text: string | undefined, now: Date): Date | null {
  const at = timeOf(text, now);
  return at && isPlausible(at, now) ? at : null;
}

/** Reads `Retry-After` in seconds: digits or an HTTP date (RFC 9110, 10.2.3). Null if there is none; may be negative. */
export function retryAfter(headers: Headers, now: Date): number | null {
  const at = timeOf(headers['retry-after'], now);
  return at && (at.getTime() - now.getTime()) / 1000;
}

/** Reads the limit that `<prefix>-remaining` and `<prefix>-reset` report, if either does. The reset is a time or seconds from now. */
export function countedLimit(
  headers: Headers,
  prefix: string,
  now: Date,
  window: ReportedLimit['window'] = '',
): ReportedLimit[] {
  const remaining = countOf(headers[`${prefix}-remaining`]);
  const resetsAt = resetOf(headers[`${prefix}-reset`], now);
  return remaining === null && resetsAt === null ? [] : [{ window, remaining, resetsAt }];
}
