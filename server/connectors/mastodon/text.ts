import { findUrls, type TextRules } from '../kit/text';

/**
 * Counts as Mastodon does: characters as people see them (grapheme clusters), a link as 23 however long it is, and a mention without its
 * server. Only an address with its scheme is a link.
 * https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb
 */

/** Length of every link, unless the server says otherwise. */
export const LINK = 23;
/** A mention, with the name in the first group. https://github.com/mastodon/mastodon/blob/main/app/models/account.rb */
export const MENTION =
  /(?<![=/\p{L}\p{M}\p{N}_])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_]/giu;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

const findLinks = (text: string) => findUrls(text).filter(({ url }) => /^https?:\/\//i.test(url));

/** Returns the text with every link and mention as long as it counts. */
function asCounted(text: string, link: number): string {
  let counted = '';
  let at = 0;
  for (const { start, end } of findLinks(text)) {
    counted += text.slice(at, start) + 'l'.repeat(link);
    at = end;
  }
  return (counted + text.slice(at)).replace(MENTION, '@$1');
}

function count(text: string, link = LINK): number {
  let length = 0;
  for (const _ of segmenter.segment(asCounted(text, link))) length++;
  return length;
}

/** Returns a link as Mastodon shows it: without its scheme, and cut off after thirty characters. */
function showLink(url: string): string {
  const bare = [...url.replace(/^https?:\/\/(?:www\.)?/i, '')];
  return bare.length > 30 ? `${bare.slice(0, 30).join('')}…` : bare.join('');
}

export const mastodonTextRules: TextRules = { findLinks, count, showLink };
