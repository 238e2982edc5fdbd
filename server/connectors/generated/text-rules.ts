// Written by scripts/platforms.mjs.

import { blueskyTextRules } from '../bluesky/text';
import type { TextRules } from '../kit/text';
import { mastodonTextRules } from '../mastodon/text';
import { telegramTextRules } from '../telegram/text';
import { xTextRules } from '../x/text';
import type { faces } from './faces';
import type { PlatformId } from './ids';

/** The platforms whose face says that they have rules of their own. */
type WithOwnRules = {
  [P in PlatformId]: (typeof faces)[P] extends { post: { text: { rules: 'own' } } } ? P : never;
}[PlatformId];

export const ownTextRules: Readonly<Record<WithOwnRules, TextRules>> = {
  x: xTextRules,
  bluesky: blueskyTextRules,
  mastodon: mastodonTextRules,
  telegram: telegramTextRules,
};
