import { isPlatformId } from '@/server/connectors/faces';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { platformManifest } from '@/server/connectors/manifests';
import { env } from '@/server/foundation/env';
import { type Fact, fact } from '@/server/foundation/facts';

/** A limit of posts per number of seconds, for one account, for the accounts of one sign-in, or for all of this installation together. */
export interface PostRate {
  readonly count: number;
  readonly seconds: number;
  readonly per: 'account' | 'grant' | 'installation';
}

/** Returns a platform's limits on posts: from its manifest, or from PLATFORM_LIMITS for an installation with its own terms. */
export function postRates(platform: string): readonly PostRate[] {
  const own = env().PLATFORM_LIMITS?.[platform];
  if (own) return own;
  return isPlatformId(platform) ? (platformManifest(platform).post?.rates ?? []) : [];
}

/** Returns the name of a limit's bucket in `quota_buckets`. */
export const bucketOf = (rate: PostRate): string => `posts/${rate.seconds}`;

/** Returns the limits of all platforms as rows, for the SQL statement that consumes them. */
export function allPostRates(): {
  platform: string;
  per: string;
  bucket: string;
  count: number;
  seconds: number;
  words: Fact;
}[] {
  const platforms = new Set<string>([...PLATFORM_IDS, ...Object.keys(env().PLATFORM_LIMITS ?? {})]);
  return [...platforms].flatMap((platform) =>
    postRates(platform).map((rate) => ({
      platform,
      bucket: bucketOf(rate),
      ...rate,
      words: fullFact(platform, rate),
    })),
  );
}

/** Describes why a publication waits. The end of the wait is shown next to it, in the reader's time zone. */
function fullFact(platform: string, rate: PostRate): Fact {
  const told = {
    platform: isPlatformId(platform) ? platformManifest(platform).name : platform,
    rate: rateFact(rate),
  };
  switch (rate.per) {
    case 'account':
      return fact('scheduling.problems.accountFull', told);
    case 'grant':
      return fact('scheduling.problems.grantFull', told);
    case 'installation':
      return fact('scheduling.problems.installationFull', told);
  }
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Formats a limit as text: "100 posts in 15 minutes". */
export function rateFact({ count, seconds }: PostRate): Fact {
  const [unit, length] = UNITS.find(([, one]) => seconds % one === 0) ?? (['second', 1] as const);
  return fact('scheduling.notes.rate', { count, unit, length: seconds / length });
}
