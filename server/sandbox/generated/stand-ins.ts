// Written by scripts/platforms.mjs.

import { bluesky } from '../bluesky';
import { etsy } from '../etsy';
import { facebook } from '../facebook';
import { linkedin } from '../linkedin';
import { mastodon } from '../mastodon';
import type { StandIn } from '../stand-in';
import { stripe } from '../stripe';
import { telegram } from '../telegram';
import { x } from '../x';

/** The stand-ins of all platforms, in display order. */
export const standIns: readonly StandIn[] = [
  x,
  facebook,
  etsy,
  bluesky,
  linkedin,
  mastodon,
  telegram,
  stripe,
];
