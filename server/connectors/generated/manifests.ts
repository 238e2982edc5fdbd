// Written by scripts/platforms.mjs.

import { blueskyManifest } from '../bluesky/manifest';
import { etsyManifest } from '../etsy/manifest';
import { facebookManifest } from '../facebook/manifest';
import type { Manifest } from '../kit/manifest';
import { linkedinManifest } from '../linkedin/manifest';
import { mastodonManifest } from '../mastodon/manifest';
import { telegramManifest } from '../telegram/manifest';
import { xManifest } from '../x/manifest';
import { youtubeManifest } from '../youtube/manifest';
import type { PlatformId } from './ids';

/** The manifests of all platforms: pure data without connectors. The browser gets only their faces. */
export const manifests = {
  x: xManifest,
  facebook: facebookManifest,
  etsy: etsyManifest,
  bluesky: blueskyManifest,
  linkedin: linkedinManifest,
  youtube: youtubeManifest,
  mastodon: mastodonManifest,
  telegram: telegramManifest,
} as const satisfies { [P in PlatformId]: Manifest & { id: P } };
