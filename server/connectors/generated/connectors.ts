// Written by scripts/platforms.mjs.

import { bluesky } from '../bluesky';
import { etsy } from '../etsy';
import { facebook } from '../facebook';
import type { Connector } from '../kit/connector';
import { linkedin } from '../linkedin';
import { mastodon } from '../mastodon';
import { telegram } from '../telegram';
import { x } from '../x';
import type { PlatformId } from './ids';

/** The connector of each platform; null if this installation has none. */
export const connectors = {
  x: x,
  facebook: facebook,
  etsy: etsy,
  bluesky: bluesky,
  linkedin: linkedin,
  youtube: null,
  mastodon: mastodon,
  telegram: telegram,
} satisfies Record<PlatformId, Connector | null>;
