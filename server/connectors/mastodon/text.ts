import { countGraphemes } from '@/server/foundation/graphemes';
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

const findLinks = (text: string) => findUrls(text).filter(({ url }) => /^https?:\/\//i.test(url));

function count(text: string, link = LINK): number {
  const links = findLinks(text);
  // One letter stands for a link.
  let counted = '';
  let at = 0;
  for (const { start, end } of links) {
    counted += `${text.slice(at, start)}l`;
    at = end;
  }
  counted = (counted + text.slice(at)).replace(MENTION, '@$1');
  return countGraphemes(counted) + links.length * (link - 1);
}

/** Returns a link as Mastodon shows it: without its scheme, and cut off after thirty characters. */
function showLink(url: string): string {
  const bare = [...url.replace(/^https?:\/\/(?:www\.)?/i, '')];
  return bare.length > 30 ? `${bare.slice(0, 30).join('')}…` : bare.join('');
}

export const mastodonTextRules: TextRules = { findLinks, count, showLink };
