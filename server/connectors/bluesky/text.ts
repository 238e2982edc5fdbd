import { countGraphemes, graphemesOf } from '@/server/foundation/graphemes';
import { findUrls, type TextRules } from '../kit/text';

/** How Bluesky counts and shows texts. Pure; browsers load it on demand. */

const utf8 = new TextEncoder();

/** A post has at most 300 graphemes and 3,000 bytes, so ten bytes weigh at least as much as one grapheme. */
const BYTES_PER_CHARACTER = 10;
/** A link's path is cut after this many characters if it is longer than `PATH`, as Bluesky's own app does before it posts. */
const CUT = 13;
const PATH = 15;

/** Returns a link as the text of a post has it: without its scheme, and with a short path. The facet has the whole address. */
export function showLink(url: string): string {
  const [, host = '', path = ''] = /^(?:https?:\/\/)?([^/?#]*)(.*)$/is.exec(url) ?? [];
  const rest = path === '/' ? '' : path;
  const characters: string[] = [];
  for (const character of graphemesOf(rest)) if (characters.push(character) > PATH) break;
  return host + (characters.length > PATH ? `${characters.slice(0, CUT).join('')}...` : rest);
}

/** A link in a text that is about to be sent. Offsets are those of its shown form, in UTF-16 code units. */
export interface ShownLink {
  readonly start: number;
  readonly end: number;
  readonly uri: string;
}

const addressOf = (url: string): string => (/^https?:\/\//i.test(url) ? url : `https://${url}`);
/** Only what certainly is a link, and what the generic syntax of addresses allows. */
const findLinks = (text: string) =>
  findUrls(text).filter(({ certain, url }) => certain && URL.canParse(addressOf(url)));

/** Returns a text with its links in their shown form. */
export function shortenLinks(text: string): { text: string; links: readonly ShownLink[] } {
  const links: ShownLink[] = [];
  let shown = '';
  let from = 0;
  for (const { start, end, url } of findLinks(text)) {
    shown += text.slice(from, start);
    const at = shown.length;
    shown += showLink(url);
    links.push({ start: at, end: shown.length, uri: addressOf(url) });
    from = end;
  }
  return { text: shown + text.slice(from), links };
}

export const blueskyTextRules: TextRules = {
  findLinks,
  count(text) {
    const sent = shortenLinks(text.normalize('NFC')).text;
    return Math.max(countGraphemes(sent), Math.ceil(utf8.encode(sent).length / BYTES_PER_CHARACTER));
  },
  showLink,
};
