import { z } from 'zod';
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

const numberOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
const inSeconds = (now: Date, seconds: number): Date => nearestInstant(now.getTime() + seconds * 1000);

/** A time since 1970, in seconds or milliseconds. */
function timeOf(text: string | undefined): Date | null {
  const value = numberOf(text);
  return value === null ? null : nearestInstant(value >= 1e11 ? value : value * 1000);
}
/** Seconds from now, a time since 1970, or a date. */
function deltaOrTimeOf(text: string | undefined, now: Date): Date | null {
  const value = numberOf(text);
  if (value !== null) return value < LONGEST_DELTA_S ? inSeconds(now, value) : timeOf(text);
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : nearestInstant(at);
}

/**
 * Header names before `-remaining` and `-reset`. X has a window of 15 minutes and, besides it, limits per app and per user in 24 hours; all
 * three end at a time in seconds since 1970 (https://docs.x.com/x-api/fundamentals/rate-limits). The last two are common elsewhere and mean
 * either that or seconds from now.
 */
const FAMILIES: readonly {
  prefix: string;
  window: ReportedLimit['window'];
  reset: (text: string | undefined, now: Date) => Date | null;
}[] = [
  { prefix: 'x-rate-limit', window: '', reset: timeOf },
  { prefix: 'x-app-limit-24hour', window: 'app day', reset: timeOf },
  { prefix: 'x-user-limit-24hour', window: 'user day', reset: timeOf },
  { prefix: 'x-ratelimit', window: '', reset: deltaOrTimeOf },
  { prefix: 'ratelimit', window: '', reset: deltaOrTimeOf },
];

const percentage = z.number().catch(0);
/** Meta's usage of one limit, in per cent. Its times are in minutes, those of advertising accounts in seconds. */
const usage = z.object({
  call_count: percentage.default(0),
  total_cputime: percentage.default(0),
  total_time: percentage.default(0),
  acc_id_util_pct: percentage.default(0),
  estimated_time_to_regain_access: z.number().nonnegative().catch(0).default(0),
  reset_time_duration: z.number().nonnegative().catch(0).default(0),
});
const FULL = 100;
const USAGE_HEADERS = ['x-app-usage', 'x-page-usage', 'x-ad-account-usage', 'x-business-use-case-usage'];

/** Returns Meta's exhausted limits. `X-Business-Use-Case-Usage` lists several per business: `{ "<id>": [{ … }, …], … }`. */
function metaLimits(headers: Headers, now: Date): ReportedLimit[] {
  return USAGE_HEADERS.flatMap((name) => {
    const read = parse(headers[name]);
    if (typeof read !== 'object' || read === null) return [];
    const entries = name === 'x-business-use-case-usage' ? Object.values(read).flat() : [read];
    return entries.flatMap((entry): ReportedLimit[] => {
      const one = usage.safeParse(entry).data;
      if (!one) return [];
      const full = Math.max(one.call_count, one.total_cputime, one.total_time, one.acc_id_util_pct) >= FULL;
      const seconds = one.estimated_time_to_regain_access * 60 || (full ? one.reset_time_duration : 0);
      if (!full && seconds === 0) return [];
      return [
        {
          window: 'usage',
          remaining: 0,
          resetsAt: seconds > 0 ? inSeconds(now, seconds) : null,
          scope: 'all',
        },
      ];
    });
  });
}
function parse(text: string | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Etsy limits requests per second and per day, and reports the end of neither. */
function etsyLimits(headers: Headers, now: Date): ReportedLimit[] {
  const limits: ReportedLimit[] = [];
  const second = numberOf(headers['x-remaining-this-second']);
  if (second === 0)
    limits.push({ window: 'second', remaining: 0, resetsAt: inSeconds(now, 1), scope: 'all' });
  const today = numberOf(headers['x-remaining-today']);
  if (today === 0) {
    const told = retryAfter(headers, now);
    // The refusal of the daily quota says when to come back; a last accepted request does not.
    const resetsAt = told !== null && told > 1 ? inSeconds(now, told) : inSeconds(now, SLIDING_DAY_S);
    limits.push({ window: 'day', remaining: 0, resetsAt, scope: 'all' });
  }
  return limits;
}

/** Returns every limit that the headers report, of any platform. */
export function readLimits(headers: Headers, now: Date): ReportedLimit[] {
  const counted = FAMILIES.flatMap(({ prefix, window, reset }): ReportedLimit[] => {
    const remaining = numberOf(headers[`${prefix}-remaining`]);
    const resetsAt = reset(headers[`${prefix}-reset`], now);
    if (remaining === null && resetsAt === null) return [];
    return [
      { window, remaining: remaining === null ? null : Math.min(Math.floor(remaining), MAX_INT), resetsAt },
    ];
  });
  return [...counted, ...etsyLimits(headers, now), ...metaLimits(headers, now)];
}

/** `Retry-After` in seconds: digits or an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(headers: Headers, now: Date): number | null {
  const given = headers['retry-after'];
  const seconds = numberOf(given) ?? (Date.parse(given ?? '') - now.getTime()) / 1000;
  return Number.isFinite(seconds) ? seconds : null;
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
  const waits = [
    ...(told === null ? [] : [told]),
    ...limits.filter((limit) => limit.remaining === null || limit.remaining === 0).flatMap(until),
  ];
  // No limit is reported as exhausted, although the request was refused.
  if (waits.length === 0) waits.push(...limits.filter((limit) => limit.window === '').flatMap(until));
  if (waits.length === 0) waits.push(limits.some((l) => l.window === 'usage') ? FULL_USAGE_S : UNKNOWN_S);
  return Math.min(DAY_S, Math.max(SHORTEST_S, Math.ceil(Math.max(...waits))));
}
