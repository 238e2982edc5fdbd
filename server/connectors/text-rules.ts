import type { PlatformId } from './kit/face';
import { countBy, generalRules, type TextRules } from './kit/text';
import type { manifests } from './manifests';
import { xTextRules } from './x/text';

type Manifests = typeof manifests;
/** The platforms whose manifest says that they have rules of their own. */
type WithOwnRules = {
  [P in PlatformId]: Manifests[P] extends { post: { ownTextRules: true } } ? P : never;
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
