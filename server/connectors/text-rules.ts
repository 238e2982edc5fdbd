import { countBy } from './compose-text';
import type { faces } from './faces';
import type { PlatformId } from './kit/face';
import { generalRules, type TextRules } from './kit/text';
import { xTextRules } from './x/text';

type Faces = typeof faces;
/** The platforms whose face says that they have rules of their own. */
type WithOwnRules = {
  [P in PlatformId]: Faces[P] extends { post: { text: { rules: 'own' } } } ? P : never;
}[PlatformId];

const OWN: Readonly<Record<WithOwnRules, TextRules>> = { x: xTextRules };

/**
 * Returns how a platform finds links in a text and counts its length. In the browser, loaded only on demand (use-text-rules.ts), because X's
 * rules are large.
 */
export const textRules = (platform: string): TextRules =>
  Object.hasOwn(OWN, platform) ? OWN[platform as WithOwnRules] : generalRules;

/** Returns the length of a post as its platform counts it, including the link if it becomes part of the text. */
export const countText = (platform: string, text: string, link?: string | null): number =>
  countBy(textRules(platform), platform, text, link);
