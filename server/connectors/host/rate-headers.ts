import { MAX_INT, nearestInstant } from '@/server/foundation/inputs';

/** A limit that a response reports. A request may be subject to several at the same time. */
export interface ReportedLimit {
  /** Distinguishes the limits of one request; empty for the platform's usual window. */
  window: '' | (typeof LONGER_WINDOWS)[number];
  /** Requests left; null if only the end of the window is reported. */
  remaining: number | null;
  /** When the limit starts anew; null if that is not reported. */
  resetsAt: Date | null;
  /** `all`: the limit covers every request of the connection, otherwise only the one operation. */
  scope?: 'all';
}
export const LONGER_WINDOWS = ['app day', 'user day', 'day', 'second', 'usage'] as const;

type Headers = Readonly<Record<string, string>>;

const DAY_S = 86_400;
const SHORTEST_S = 1;
/** Assumed if a platform refuses a request and does not say for how long. */
const UNKNOWN_S = 60;
/** Numbers up to this are seconds from now; larger ones are times. */
const LONGEST_DELTA_S = 1_000_000_000;
/** Etsy's daily quota is a sliding window that frees itself bit by bit: https://developers.etsy.com/documentation/essentials/rate-limits */
const SLIDING_DAY_S = 3_600;
/** Meta counts calls in a rolling window of one hour: https://developers.facebook.com/docs/graph-api/overview/rate-limiting */
const FULL_USAGE_S = 900;

/** A limit that ends later than this is not believed: the number is in another unit, or wrong. */
const LONGEST_PLAUSIBLE_MS = 32 * DAY_S * 1000;

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^[+-]?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
/** A number of requests left. Below zero, more were made than allowed. */
function countOf(text: string | undefined): number | null {
  const value = numberOf(text);
  return value === null ? null : Math.min(Math.max(0, Math.floor(value)), MAX_INT);
}
const inSeconds = (now: Date, seconds: number): Date =>
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
const isPlausible = (at: Date, now: Date): boolean => at.getTime() - now.getTime() <= LONGEST_PLAUSIBLE_MS;
/** When a limit starts anew, or null if that is not reported, or not plausibly. */
function resetOf(text: string | undefined, now: Date): Date | null {
  const at = timeOf(text, now);
  return at && isPlausible(at, now) ? at : null;
}

/**
 * Header names before `-remaining` and `-reset`. X has a window of 15 minutes and, besides it, limits per app and per user in 24 hours; all
 * three end at a time in seconds since 1970 (https://docs.x.com/x-api/fundamentals/rate-limits). The last two are common elsewhere and mean
 * either that or seconds from now.
 */
const FAMILIES: readonly { prefix: string; window: ReportedLimit['window'] }[] = [
  { prefix: 'x-rate-limit', window: '' },
  { prefix: 'x-app-limit-24hour', window: 'app day' },
  { prefix: 'x-user-limit-24hour', window: 'user day' },
  { prefix: 'x-ratelimit', window: '' },
  { prefix: 'ratelimit', window: '' },
];

/**
 * Returns the limits of `RateLimit` (draft-ietf-httpapi-ratelimit-headers): `"minute";r=0;t=30, "day";r=9;t=3600`, or `limit=10,
 * remaining=0, reset=30` up to its seventh version. The times are seconds from now.
 */
function draftLimits(header: string | undefined, now: Date): ReportedLimit[] {
  if (!header) return [];
  // Names may contain what separates the parameters.
  const plain = header.replace(/"(?:\\.|[^"\\])*"/g, 'name');
  const limit = (text: string, left: string, end: string): ReportedLimit[] => {
    const parameter = (name: string) =>
      new RegExp(`(?:^|[;,])\\s*${name}\\s*=\\s*([^;,\\s]+)`, 'i').exec(text)?.[1];
    const [remaining, resetsAt] = [countOf(parameter(left)), resetOf(parameter(end), now)];
    return remaining === null && resetsAt === null ? [] : [{ window: '', remaining, resetsAt }];
  };
  return [
    ...plain.split(',').flatMap((item) => limit(item, 'r', 't')),
    ...limit(plain, 'remaining', 'reset'),
  ];
}

const FULL = 100;
const USAGE_HEADERS = ['x-app-usage', 'x-page-usage', 'x-ad-account-usage', 'x-business-use-case-usage'];
const PERCENTAGES = ['call_count', 'total_cputime', 'total_time', 'acc_id_util_pct'] as const;
/** Meta's times are in minutes, those of advertising accounts in seconds. */
const USAGE =
  /(call_count|total_cputime|total_time|acc_id_util_pct|estimated_time_to_regain_access|reset_time_duration)\W{0,4}:\W{0,4}?(-?\d+(?:\.\d+)?)/g;

/**
 * Returns Meta's exhausted limits. `X-Business-Use-Case-Usage` lists several per business: `{ "<id>": [{ … }, …], … }`. The numbers are found
 * whatever surrounds them, because the header is not always JSON: some have single quotes, or are cut off.
 */
function metaLimits(headers: Headers, now: Date): ReportedLimit[] {
  return USAGE_HEADERS.flatMap((name) =>
    (headers[name] ?? '').split('}').flatMap((entry): ReportedLimit[] => {
      const used = new Map(Array.from(entry.matchAll(USAGE), ([, key = '', value]) => [key, Number(value)]));
      const full = PERCENTAGES.some((key) => (used.get(key) ?? 0) >= FULL);
      const regained = Math.max(0, used.get('estimated_time_to_regain_access') ?? 0);
      const seconds = regained * 60 || (full ? Math.max(0, used.get('reset_time_duration') ?? 0) : 0);
      if (!full && seconds === 0) return [];
      const at = inSeconds(now, seconds);
      const resetsAt = seconds > 0 && isPlausible(at, now) ? at : null;
      return [{ window: 'usage', remaining: 0, resetsAt, scope: 'all' }];
    }),
  );
}

/** Etsy limits requests per second and per day, and reports the end of neither. */
function etsyLimits(headers: Headers, now: Date): ReportedLimit[] {
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

/** Returns every limit that the headers report, of any platform. None of them lasts longer than a day: the platform is asked again then. */
export function readLimits(headers: Headers, now: Date): ReportedLimit[] {
  const counted = FAMILIES.flatMap(({ prefix, window }): ReportedLimit[] => {
    const remaining = countOf(headers[`${prefix}-remaining`]);
    const resetsAt = resetOf(headers[`${prefix}-reset`], now);
    return remaining === null && resetsAt === null ? [] : [{ window, remaining, resetsAt }];
  });
  const latest = inSeconds(now, DAY_S);
  return [
    ...counted,
    ...draftLimits(headers.ratelimit, now),
    ...etsyLimits(headers, now),
    ...metaLimits(headers, now),
  ].map((limit) => (limit.resetsAt && limit.resetsAt > latest ? { ...limit, resetsAt: latest } : limit));
}

/** `Retry-After` in seconds: digits or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(headers: Headers, now: Date): number | null {
  const at = timeOf(headers['retry-after'], now);
  return at && (at.getTime() - now.getTime()) / 1000;
}

/**
 * Returns the seconds until a refused request may be repeated according to the platform, between one second and one day. If several limits
 * are exhausted, the one that lasts longest counts.
 */
export function retryAfterSeconds(headers: Headers, now: Date): number {
  const limits = readLimits(headers, now);
  const until = ({ resetsAt }: ReportedLimit): number[] =>
    resetsAt === null ? [] : [(resetsAt.getTime() - now.getTime()) / 1000];
  const told = retryAfter(headers, now);
  const waits = limits.filter((limit) => limit.remaining === null || limit.remaining === 0).flatMap(until);
  // Years are not believed if anything else is reported.
  if (told !== null && (waits.length === 0 || told * 1000 <= LONGEST_PLAUSIBLE_MS)) waits.push(told);
  // No limit is reported as exhausted, although the request was refused.
  if (waits.length === 0) waits.push(...limits.filter((limit) => limit.window === '').flatMap(until));
  if (waits.length === 0) waits.push(limits.some((l) => l.window === 'usage') ? FULL_USAGE_S : UNKNOWN_S);
  return Math.min(DAY_S, Math.max(SHORTEST_S, Math.ceil(Math.max(...waits))));
}
