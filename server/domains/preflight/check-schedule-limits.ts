import { fact } from '@/server/foundation/facts';
import { bucketOf, type PostRate, postRates, rateFact } from '../scheduling/rates';
import { type Fit, firstFit } from './check-schedule-fit';
import { installationOf, type Load, type Planned, type QuotaSnapshot, quotaKey } from './check-schedule-load';
import type { ScheduleWarning } from './check-schedule-schemas';
import { selectableTime, timeNear } from './check-schedule-words';

export interface PostToCheck extends Planned {
  connectionName: string;
  platformName: string;
}

/** Returns the warnings about platform limits for posts at their times. Pure. */
export function limitWarnings(
  asked: readonly PostToCheck[],
  loads: ReadonlyMap<string, Load>,
  quota: QuotaSnapshot,
  zone: string,
): ScheduleWarning[] {
  return asked.flatMap((one) => {
    let worst: { rate: PostRate; from: number | null } | null = null;
    for (const rate of postRates(one.platform)) {
      // Those of a sign-in last seconds, so the publisher's wait is not worth a warning.
      if (rate.per === 'grant') continue;
      const fit = fitOf(rate, one, asked, loads, quota);
      if (fit.fits) continue;
      // Reports the exceeded limit with the longest delay. A limit without a known end comes before all others.
      if (!worst || (worst.from !== null && (fit.from === null || fit.from > worst.from)))
        worst = { rate, from: fit.from };
    }
    return worst ? [warningOf(one, worst.rate, worst.from, zone)] : [];
  });
}

const postsOf = (one: PostToCheck): number => one.posts ?? 1;

function fitOf(
  rate: PostRate,
  one: PostToCheck,
  asked: readonly PostToCheck[],
  loads: ReadonlyMap<string, Load>,
  quota: QuotaSnapshot,
): Fit {
  const scope = rate.per === 'account' ? one.connectionId : installationOf(one);
  const load = rate.per === 'account' ? loads.get(scope) : quota.installations.get(scope);
  const bucket = quota.buckets.get(quotaKey(scope, bucketOf(rate))) ?? null;
  const want = one.dueAt.getTime();
  if (!load && !bucket) return { fits: true };
  const others = asked.filter((a) => a !== one && installationOf(a) === installationOf(one));
  const together = rate.per === 'account' ? [] : others;
  return firstFit({
    rate,
    gone: load?.gone ?? [],
    planned: [
      ...(load?.planned ?? []),
      ...together
        .filter((a) => a.dueAt.getTime() !== want)
        .map((a) => ({ at: a.dueAt.getTime(), posts: postsOf(a) })),
    ],
    quota: bucket,
    want,
    adding:
      postsOf(one) +
      together.filter((a) => a.dueAt.getTime() === want).reduce((sum, a) => sum + postsOf(a), 0),
    knownUntil: load?.knownUntil ?? Number.POSITIVE_INFINITY,
  });
}

function warningOf(one: PostToCheck, rate: PostRate, from: number | null, zone: string): ScheduleWarning {
  const better = from === null ? null : selectableTime(from, zone);
  const limit = { platform: one.platformName, rate: rateFact(rate), scope: rate.per };
  return {
    code: 'platform_limit',
    connectionId: one.connectionId,
    platform: one.platform,
    connectionName: one.connectionName,
    message: better
      ? fact('preflight.problems.limitUntil', { ...limit, time: timeNear(better.at, one.dueAt, zone) })
      : fact('preflight.problems.limit', limit),
    refused: false,
    better,
    fix: null,
  };
}
