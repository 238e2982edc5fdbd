import { countBy } from './compose-text';
import { ownTextRules } from './generated/text-rules';
import { generalRules, type TextRules } from './kit/text';

/**
 * Returns how a platform finds links in a text and counts its length. In the browser, loaded only on demand (use-text-rules.ts), because X's
 * rules are large.
 */
export const textRules = (platform: string): TextRules =>
  Object.hasOwn(ownTextRules, platform) ? ownTextRules[platform as keyof typeof ownTextRules] : generalRules;

/**
 * Returns the length of a post as its platform counts it, including the link if it becomes part of the text. `linkCharacters` as in
 * `TextRules.count`.
 */
export const countText = (
  platform: string,
  text: string,
  link?: string | null,
  linkCharacters?: number,
): number => countBy(textRules(platform), platform, text, link, linkCharacters);
