// Written by scripts/platforms.mjs.

import { blueskyFace } from '../bluesky/face';
import { etsyFace } from '../etsy/face';
import { facebookFace } from '../facebook/face';
import type { Face } from '../kit/face';
import { linkedinFace } from '../linkedin/face';
import { mastodonFace } from '../mastodon/face';
import { telegramFace } from '../telegram/face';
import { xFace } from '../x/face';
import { youtubeFace } from '../youtube/face';
import type { PlatformId } from './ids';

/** The faces of all platforms, light enough for the browser. */
export const faces = {
  x: xFace,
  facebook: facebookFace,
  etsy: etsyFace,
  bluesky: blueskyFace,
  linkedin: linkedinFace,
  youtube: youtubeFace,
  mastodon: mastodonFace,
  telegram: telegramFace,
} as const satisfies { [P in PlatformId]: Face & { id: P } };
