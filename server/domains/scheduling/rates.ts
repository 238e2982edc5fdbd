import { PLATFORM_IDS } from '@/server/connectors/kit/manifest';
import { isPlatformId, platformManifest } from '@/server/connectors/manifests';
import { env } from '@/server/foundation/env';
import { type Fact, plain } from '@/server/foundation/facts';

/** So many posts in so many seconds, from one account or from all accounts of this installation together. */
export interface PostRate {
  readonly count: number;
  readonly seconds: number;
  readonly per: 'account' | 'installation';
}

/** A platform's limits on posts: what its manifest says, or what PLATFORM_LIMITS says of this installation's own terms. */
export function postRates(platform: string): readonly PostRate[] {
  const own = env().PLATFORM_LIMITS?.[platform];
  if (own) return own;
  return isPlatformId(platform) ? (platformManifest(platform).post?.rates ?? []) : [];
}

/** The name of a limit's bucket in `quota_buckets`. */
export const bucketOf = (rate: PostRate): string => `posts/${rate.seconds}`;

/** The limits of every platform as rows, for the statement that takes from them. */
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
      words: plain(fullWords(platform, rate)),
    })),
  );
}

/** Why a publication waits, in words; until when is told beside it, in the reader's zone. */
const fullWords = (platform: string, rate: PostRate): string =>
  `${isPlatformId(platform) ? platformManifest(platform).name : platform} takes no more posts ${
    rate.per === 'account' ? 'from this account' : 'from this installation'
  } for now: at most ${rateWords(rate)}.`;

/** In words, for people: "100 posts in 15 minutes". */
export function rateWords({ count, seconds }: PostRate): string {
  const span =
    seconds % 86_400 === 0
      ? seconds === 86_400
        ? 'a day'
        : `${seconds / 86_400} days`
      : seconds % 3_600 === 0
        ? seconds === 3_600
          ? 'an hour'
          : `${seconds / 3_600} hours`
        : seconds % 60 === 0
          ? `${seconds / 60} minutes`
          : `${seconds} seconds`;
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'post' : 'posts'} in ${span}`;
}
