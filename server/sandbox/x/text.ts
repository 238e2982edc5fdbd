import extractUrls from 'twitter-text/dist/extractUrlsWithIndices.js';
import parseTweet from 'twitter-text/dist/parseTweet.js';
import { shortHash } from '../random';

/** X publishes how it counts and finds links as a library, which the stand-in asks: https://github.com/twitter/twitter-text */
export interface Link {
  /** Offsets in UTF-16 code units. */
  start: number;
  end: number;
  url: string;
}

/** Returns the links of a text in order. */
export const findLinks = (text: string): Link[] =>
  extractUrls(text).map(({ url, indices: [start, end] }) => ({ start, end, url }));

/** Returns how much of the 280 a text uses: a link counts 23, an emoji or a wide character 2, anything else 1. */
export const weightedLength = (text: string): number => parseTweet(text).weightedLength;

/** Whether a text contains a character that X refuses. */
export const hasInvalidCharacters = (text: string): boolean => /[\uFEFF\uFFFE\uFFFF]/.test(text);

/** A link of a published text. Offsets are code points of the text as it is returned, with its escaped characters. */
export interface UrlEntity {
  start: number;
  end: number;
  url: string;
  expanded_url: string;
  display_url: string;
}

const ESCAPED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => ESCAPED[character] ?? '');
const LONGEST_SHOWN = 27;

function displayed(url: string): string {
  const bare = url.replace(/^https?:\/\/(?:www\.)?/i, '');
  return bare.length > LONGEST_SHOWN ? `${bare.slice(0, LONGEST_SHOWN - 1)}…` : bare;
}

/** Returns the short address that X gives to one link of a post. */
export const shortAddress = (postId: string, number: number): string =>
  `https://t.co/${shortHash(`${postId} ${number}`)
    .replace(/[^a-zA-Z0-9]/g, '')
    .slice(0, 10)}`;

/**
 * Returns a post's text as X returns it: without white space at its ends and with at most one empty line in a row, with `&`, `<` and `>`
 * escaped, and with a short address instead of each link.
 */
export function publishedText(postId: string, written: string): { text: string; urls: UrlEntity[] } {
  const clean = written.trim().replace(/\n{3,}/g, '\n\n');
  const urls: UrlEntity[] = [];
  let text = '';
  let at = 0;
  for (const { start, end, url } of findLinks(clean)) {
    text += escaped(clean.slice(at, start));
    const short = shortAddress(postId, urls.length);
    const from = [...text].length;
    urls.push({
      start: from,
      end: from + short.length,
      url: short,
      expanded_url: /^https?:\/\//i.test(url) ? url : `http://${url}`,
      display_url: displayed(url),
    });
    text += short;
    at = end;
  }
  return { text: text + escaped(clean.slice(at)), urls };
}
