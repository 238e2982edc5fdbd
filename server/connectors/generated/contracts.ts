// Written by scripts/platforms.mjs.
import type { PlatformContract } from '@/tests/contracts/define';
import { blueskyContract } from '../bluesky/contract';
import { etsyContract } from '../etsy/contract';
import { facebookContract } from '../facebook/contract';
import { linkedinContract } from '../linkedin/contract';
import { mastodonContract } from '../mastodon/contract';
import { telegramContract } from '../telegram/contract';
import { xContract } from '../x/contract';
import type { PlatformId } from './ids';

/** For tests: what each platform's requests are checked against; null if nothing is. */
export const contracts: Readonly<Record<PlatformId, PlatformContract | null>> = {
  x: xContract,
  facebook: facebookContract,
  etsy: etsyContract,
  bluesky: blueskyContract,
  linkedin: linkedinContract,
  youtube: null,
  mastodon: mastodonContract,
  telegram: telegramContract,
};
