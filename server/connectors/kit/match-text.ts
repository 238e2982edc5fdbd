import { hasVisibleText } from '@/server/foundation/visible-text';
import { canonicalUrl } from './canonical-url';
import { resembles, resemblesAround, withoutLongRuns } from './resemblance';
import { findUrls, includesAddress } from './text';

/** `similar`: not the same, but the platform may have changed it. */
export type TextMatch = 'same' | 'similar' | 'other';

/** What of a text the platform replaces by something else, of at most `longest` letters: mentions by names, for example. */
export interface Replaced {
  readonly pattern: RegExp;
  readonly longest: number;
}

/** Returns a text without what platforms change in passing: the encoding of characters, line ends and white space. */
export const plainText = (text: string): string =>
  withoutLongRuns(text).normalize('NFC').replace(/\s+/gu, ' ').trim();

/** Compares a text as a platform shows it with the one that we sent. */
export function matchText(shown: string, sent: string, replaced?: Replaced): TextMatch {
  if (plainText(shown) === plainText(sent)) return 'same';
  return isSimilar(shown, sent, replaced) ? 'similar' : 'other';
}

/** Whether two texts have the same words, or none but links: the platform may show another address for a link. */
function isSimilar(shown: string, sent: string, replaced?: Replaced): boolean {
  if (resembles(shown, sent)) return true;
  const [a, b] = [withoutLinks(shown), withoutLinks(sent)];
  if (resembles(a, b)) return true;
  if (replaced && resemblesAround(a, b, replaced.pattern, replaced.longest)) return true;
  return a !== shown && b !== sent && !hasVisibleText(a) && !hasVisibleText(b);
}

function withoutLinks(text: string): string {
  // A name such as "index.ts" only looks like an address.
  const links = findUrls(text).filter(({ certain, url }) => certain || url.includes('/'));
  return links.reduceRight((rest, { start, end }) => `${rest.slice(0, start)} ${rest.slice(end)}`, text);
}

/**
 * Compares a post whose link was sent in a field of its own: its text must match, and one of the addresses that the platform shows beside it
 * must be ours. A platform may show the address to which our link leads, show the link as the text, or show none, so the same words with
 * another link are `similar` and without any `linkless`.
 */
export function matchWithLink(
  shown: { readonly text: string; readonly urls: readonly string[] },
  sent: { readonly text: string; readonly link: string | undefined },
  replaced?: Replaced,
): TextMatch | 'linkless' {
  const match = matchText(shown.text, sent.text, replaced);
  if (match === 'other') {
    const [a, b] = [
      [shown.text, ...shown.urls],
      [sent.text, sent.link],
    ].map((parts) => parts.filter(Boolean).join('\n'));
    return isSimilar(a ?? '', b ?? '', replaced) ? 'similar' : 'other';
  }
  const { link } = sent;
  if (!link) return match;
  // The text may contain the link as well.
  if (shown.urls.length === 0) return includesAddress(sent.text, link) ? match : 'linkless';
  return shown.urls.some((url) => pageOf(url) === pageOf(link)) ? match : 'similar';
}
const pageOf = (url: string) => canonicalUrl(url).replace(/^www\./, '');
