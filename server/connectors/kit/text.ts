import { hasVisibleText } from '@/server/foundation/visible-text';
import type { PostText } from './types';

/**
 * Composes posts, and finds links and counts characters by the general rules, which hold on every platform that has none of its own
 * (`post.text` in its face, see text-rules.ts). Pure, and light enough for the browser.
 */

/** How a platform reads a text. */
export interface TextRules {
  /** Returns the addresses that the platform turns into links, in order and without overlaps. */
  findLinks(text: string): FoundUrl[];
  /** Returns the length of a text as the platform counts it. */
  count(text: string): number;
}

export interface FoundUrl {
  /** Offset of the first UTF-16 code unit. */
  start: number;
  /** Offset after the last UTF-16 code unit. */
  end: number;
  url: string;
  /** False if only a list of all top-level domains could tell whether this becomes a link. */
  certain: boolean;
}

const COMMON_TLDS =
  'com|org|net|edu|gov|mil|int|info|biz|name|pro|mobi|dev|app|page|shop|store|online|site|website|blog|tech|cloud|art|design|media|news|live|studio|agency|xyz|club|space|world|life|today|digital|social|link|email|company|solutions|academy|photography|gallery|guru|money|finance|travel|food|games|video|music|wiki|zone|team|group|global|works|run|codes|tools|systems|network|software|center|services|support|market|fun|pub|press|co|tv|io|ai|me';
const PATH = '(?:[/?#][^\\s<>"\'\u3000]*)?';
const HOST = '(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}])?\\.)+';
const URL_PATTERN = new RegExp(
  `(?<![\\p{L}\\p{N}@#$._/-])(?:(https?:\\/\\/)${HOST}[\\p{L}]{2,63}(?::\\d{1,5})?${PATH}|${HOST}(?:(${COMMON_TLDS})|[a-z]{2})(?![\\p{L}\\p{N}@-])(?::\\d{1,5})?${PATH})`,
  'giu',
);
const TRAILING = new Set('.,;:!?\'"…*_~');
/** Strips trailing punctuation from an address, and closing brackets that were not opened inside it. Takes linear time. */
function trimAddress(address: string): string {
  let unopened = 0;
  for (const char of address) unopened += char === ')' ? 1 : char === '(' ? -1 : 0;
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1] ?? '';
    if (last === ')' && unopened > 0) unopened--;
    else if (!TRAILING.has(last)) break;
  }
  return address.slice(0, end);
}

/** Finds the addresses in a text by the general rules. */
export function findUrls(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  for (const match of text.matchAll(URL_PATTERN)) {
    const url = trimAddress(match[0]);
    found.push({
      start: match.index,
      end: match.index + url.length,
      url,
      certain: match[1] !== undefined || match[2] !== undefined,
    });
  }
  return found;
}

export const generalRules: TextRules = {
  findLinks: findUrls,
  count: (text) => [...text.normalize('NFC')].length,
};

/** What follows an address that is only the beginning of a longer one: more of it, after punctuation if that ends no sentence. */
const CONTINUES = /^[.,;:!?'*~)]*[a-z0-9/#&=%_+@$-]/i;
/** Whether a text contains an address as a whole, and not only as the beginning or the end of a longer one. */
export function includesAddress(text: string, address: string): boolean {
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
    const before = text.slice(0, at);
    const after = text.slice(at + address.length);
    if (!/[a-z0-9/@.=&?%_-]$/i.test(before) && !CONTINUES.test(after)) return true;
  }
  return false;
}

/** Returns the text as it is sent. A platform without a field for the link gets it at the end of the text, unless the text contains it. */
export function composeWith(terms: PostText, text: string, link?: string | null): string {
  const sent = terms.leaveOut ? text.replace(terms.leaveOut, '') : text;
  const body = hasVisibleText(sent) ? sent.trim() : '';
  return terms.link === 'in_text' ? appendLink(body, link) : body;
}

/** Appends a link to a text unless the text contains it. */
export function appendLink(body: string, link: string | null | undefined): string {
  if (!link || includesAddress(body, link)) return body;
  return body === '' ? link : `${body}\n\n${link}`;
}
