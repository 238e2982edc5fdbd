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
  /**
   * Returns the length of a text as the platform counts it. `linkCharacters` is as how many an account's server counts each link, if the
   * platform counts all links alike and servers may differ.
   */
  count(text: string, linkCharacters?: number): number;
  /** Returns a link as the platform shows it. Omitted if it shows links as they were written. */
  showLink?(url: string): string;
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
const HOST = '(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}])?\\.)+';
/** Latin letters or others, so that `https://example.comを` ends before the word of another script. */
const TLD = '(?:\\p{Script=Latin}{2,63}|(?:(?!\\p{Script=Latin})\\p{L}){2,63})';
/** An address up to its path. One with https:// may follow a letter that is not ASCII: many scripts put no space before it. */
const URL_PATTERN = new RegExp(
  `(?<![a-z0-9@#$\uff20\uff03._/-])(https?:\\/\\/)${HOST}${TLD}(?::\\d{1,5})?|(?<![\\p{L}\\p{N}@#$._/-])${HOST}(?:(${COMMON_TLDS})|[a-z]{2})(?![\\p{L}\\p{N}@-])(?::\\d{1,5})?`,
  'giu',
);
/** Scripts that put no space between words, or none before a particle. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\u30fc\uff70';
/** A host without https:// that may begin with the word before it. */
const MIXED_HOST = new RegExp(`[${UNSPACED}][a-z0-9]|[a-z0-9][${UNSPACED}]`, 'iu');

/**
 * What ends a path, and brackets. Of other characters than ASCII, those are quotation marks, brackets, the ends of sentences and clauses,
 * long dashes, symbols and marks of direction. An apostrophe ends it unless more of a word follows than the "s" of a genitive.
 */
const PATH_END =
  /[\s<>"()[\]{}]|'(?![\p{L}\p{N}_/%-])|'(?=[sS](?![\p{L}\p{N}_-]))|(?![\0-\x7f])[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Quotation_Mark}\p{Terminal_Punctuation}\p{So}\p{Extended_Pictographic}\u2014\u2015\u2026\uff1c\uff1e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]/gu;
const OPENED_BY: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const TRAILING = new Set(".,;:!?'*_~\u2013\u301c\uff5e\u00b7\u30fb");
/**
 * Returns where the path that begins at an offset ends: before a closing bracket that was not opened inside it, and before punctuation at its
 * end. Reads nothing beyond the punctuation, so that all addresses of a text take linear time.
 */
function pathEnd(text: string, start: number): number {
  const open = new Map<string, number>();
  let end = text.length;
  PATH_END.lastIndex = start;
  for (let match = PATH_END.exec(text); match; match = PATH_END.exec(text)) {
    const [char] = match;
    const opening = OPENED_BY[char] ?? char;
    const unclosed = open.get(opening) ?? 0;
    if ('([{'.includes(char)) open.set(char, unclosed + 1);
    else if (char in OPENED_BY && unclosed > 0) open.set(opening, unclosed - 1);
    else {
      end = match.index;
      break;
    }
  }
  while (end > start && TRAILING.has(text[end - 1] ?? '')) end--;
  return end;
}

/** Finds the addresses in a text by the general rules. */
export function findUrls(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  let end = 0;
  for (;;) {
    URL_PATTERN.lastIndex = end;
    const match = URL_PATTERN.exec(text);
    if (!match) return found;
    const [host, scheme, tld] = match;
    const start = match.index;
    end = start + host.length;
    if (/[/?#]/.test(text[end] ?? '')) end = pathEnd(text, end);
    const certain = scheme !== undefined || (tld !== undefined && !MIXED_HOST.test(host));
    found.push({ start, end, url: text.slice(start, end), certain });
  }
}

export const generalRules: TextRules = {
  findLinks: findUrls,
  count: (text) => [...text.normalize('NFC')].length,
};

/** What follows an address that is only the beginning of a longer one: more of it, after punctuation if that ends no sentence. */
const CONTINUES = new RegExp(
  `[.,;:!?'*~)\\]|\u2013]*(?:[a-z0-9/#&=%_+@$([-]|(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])`,
  'iuy',
);
/** The same after an address that does not end with an ASCII letter or digit: words of any script. After one, a sentence may continue in them. */
const CONTINUES_UNSPACED = new RegExp(`[.,;:!?'*~)\\]|\u2013]*[${UNSPACED}]`, 'uy');
/** Whether a text contains an address as a whole, and not only as the beginning or the end of a longer one. */
export function includesAddress(text: string, address: string): boolean {
  const follows = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.test(text);
  };
  const mayBeCut = !/[a-z0-9]$/i.test(address);
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
    const end = at + address.length;
    if (/[a-z0-9/@.=&?%_-]/i.test(text[at - 1] ?? '')) continue;
    if (!follows(CONTINUES, end) && !(mayBeCut && follows(CONTINUES_UNSPACED, end))) return true;
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
