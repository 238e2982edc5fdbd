import { type Headers, inSeconds, isPlausible, type ReportedLimit } from '../kit/limits';

/** Meta counts calls in a rolling window of one hour: https://developers.facebook.com/docs/graph-api/overview/rate-limiting */
const FULL_USAGE_S = 900;
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
export function usageLimits(headers: Headers, now: Date): ReportedLimit[] {
  return USAGE_HEADERS.flatMap((name) =>
    (headers[name] ?? '').split('}').flatMap((entry): ReportedLimit[] => {
      const used = new Map(Array.from(entry.matchAll(USAGE), ([, key = '', value]) => [key, Number(value)]));
      const full = PERCENTAGES.some((key) => (used.get(key) ?? 0) >= FULL);
      const regained = Math.max(0, used.get('estimated_time_to_regain_access') ?? 0);
      const seconds = regained * 60 || (full ? Math.max(0, used.get('reset_time_duration') ?? 0) : 0);
      if (!full && seconds === 0) return [];
      const at = inSeconds(now, seconds);
      const resetsAt = seconds > 0 && isPlausible(at, now) ? at : null;
      return [{ window: 'usage', remaining: 0, resetsAt, scope: 'all', waitSeconds: FULL_USAGE_S }];
    }),
  );
}
