import { countGraphemes } from '@/server/foundation/graphemes';
import { shortenLinks } from './text';

/** Parts of a text that are more than text, with offsets in bytes of UTF-8: https://docs.bsky.app/docs/advanced-guides/post-richtext */

type Feature =
  | { $type: 'app.bsky.richtext.facet#link'; uri: string }
  | { $type: 'app.bsky.richtext.facet#mention'; did: string }
  | { $type: 'app.bsky.richtext.facet#tag'; tag: string };
export interface Facet {
  index: { byteStart: number; byteEnd: number };
  features: [Feature];
}

/** A handle after an @ that begins a word. The last label begins with a letter. */
const MENTION =
  /(?<=^|[\s("'“‘«])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?![\w-])/giu;
/** A hashtag at the beginning of a word. It is not only digits, and the punctuation at its end is not a part of it. */
const TAG = /(?<=^|\s)[#＃](?!\ufe0f)((?:(?!\u20e2)[^\s\u00ad\u2060\u200a-\u200d])+)/gu;
const PUNCTUATION_AT_END = /\p{P}+$/u;
const ONLY_DIGITS = /^[\d\p{P}]*$/u;
/** app.bsky.richtext.facet#tag */
const MAX_TAG = { graphemes: 64, bytes: 640 };

/** Returns the handles that a text mentions, in lower case and each once. */
export const mentionedIn = (text: string): string[] => [
  ...new Set([...shortenLinks(text).text.matchAll(MENTION)].map(([, handle = '']) => handle.toLowerCase())),
];

/**
 * Returns a text as it is sent, and its facets: links, mentions of the accounts in `dids` (by handle, in lower case), and hashtags. A mention of
 * an unknown account stays text.
 */
export function richText(
  written: string,
  dids: ReadonlyMap<string, string>,
): { text: string; facets: Facet[] } {
  const { text, links } = shortenLinks(written);
  const facet = (start: number, end: number, feature: Feature): Facet => ({
    index: { byteStart: bytesBefore(text, start), byteEnd: bytesBefore(text, end) },
    features: [feature],
  });
  const isInLink = (at: number) => links.some(({ start, end }) => at >= start && at < end);
  const facets = links.map(({ start, end, uri }) =>
    facet(start, end, { $type: 'app.bsky.richtext.facet#link', uri }),
  );
  for (const { 0: whole, 1: handle = '', index } of text.matchAll(MENTION)) {
    const did = dids.get(handle.toLowerCase());
    if (did && !isInLink(index))
      facets.push(facet(index, index + whole.length, { $type: 'app.bsky.richtext.facet#mention', did }));
  }
  for (const { 1: word = '', index } of text.matchAll(TAG)) {
    const tag = word.replace(PUNCTUATION_AT_END, '');
    if (ONLY_DIGITS.test(tag) || isTooLong(tag) || isInLink(index)) continue;
    facets.push(facet(index, index + 1 + tag.length, { $type: 'app.bsky.richtext.facet#tag', tag }));
  }
  return { text, facets: facets.sort((a, b) => a.index.byteStart - b.index.byteStart) };
}

const bytesBefore = (text: string, offset: number): number =>
  Buffer.byteLength(text.slice(0, offset), 'utf8');

const isTooLong = (tag: string): boolean =>
  Buffer.byteLength(tag, 'utf8') > MAX_TAG.bytes ||
  countGraphemes(tag, MAX_TAG.graphemes) > MAX_TAG.graphemes;
