import hasInvalidCharacters from 'twitter-text/dist/hasInvalidCharacters.js';
import parseTweet from 'twitter-text/dist/parseTweet.js';
import { truncateText } from '@/server/foundation/storable';
import type { FoundUrl, TextRules } from '../kit/text';
import { linksIn } from './links';

/**
 * Finds links and counts characters with X's own library, twitter-text: https://docs.x.com/fundamentals/counting-characters. Pure, but large,
 * so browsers load it on demand.
 */

/** Maximum weighted length of a post. */
const LONGEST = 280;
/** Before each of X's spaces. A link contains none and may follow any. */
const BEFORE_SPACE = /(?=[\t-\r \u0085\u00A0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000])/;
/** Maximum number of UTF-16 code units that are searched as one piece. X's longest link has 4,096. */
const LONGEST_PIECE = 4_200;

/**
 * Splits a text into pieces that begin with a space and that no link and no emoji crosses. Only an unbroken run that is longer than any link
 * is cut anywhere.
 */
function piecesOf(text: string): string[] {
  return text.split(BEFORE_SPACE).flatMap((piece) => {
    const cut: string[] = [];
    let rest = piece;
    while (rest.length > LONGEST_PIECE) {
      const head = rest.slice(0, LONGEST_PIECE).replace(/[\uD800-\uDBFF]$/, '');
      cut.push(head);
      rest = rest.slice(head.length);
    }
    return [...cut, rest];
  });
}

/** Maximum number of texts whose results are kept. A post is often checked for several accounts. */
const MAX_KEPT = 32;
/** Keeps the results for the latest texts. */
function keeping<T>(read: (text: string) => T): (text: string) => T {
  const kept = new Map<string, T>();
  return (text) => {
    const result = kept.has(text) ? (kept.get(text) as T) : read(text);
    kept.delete(text);
    kept.set(text, result);
    for (const oldest of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(oldest);
    return result;
  };
}

const findLinks = keeping((text: string): readonly FoundUrl[] => {
  const found: FoundUrl[] = [];
  let offset = 0;
  for (const piece of piecesOf(text)) {
    for (const { start, end } of linksIn(piece))
      found.push({
        start: offset + start,
        end: offset + end,
        url: piece.slice(start, end),
        certain: true,
      });
    offset += piece.length;
  }
  return found;
});

/** Every emoji of the current Unicode version, as whole sequences. */
const EVERY_EMOJI = '\\p{RGI_Emoji}';
/** Matches an emoji. Null in browsers that are too old to tell. */
const EMOJI = emojiPattern();
function emojiPattern(): RegExp | null {
  try {
    return new RegExp(EVERY_EMOJI, 'gv');
  } catch {
    return null;
  }
}
/** An emoji that twitter-text knows. */
const KNOWN = '\u{1F600}';

const withKnownEmoji = (text: string): string => (EMOJI ? text.replace(EMOJI, KNOWN) : text);
/** Weighted length of every link. */
const LINK = 23;

/**
 * Counts a text, which is in NFC. Links are counted here, and twitter-text counts the rest without dots, because its own search takes
 * quadratic time. "All emoji count as two characters", but the library's own list ends in 2018 and would count the parts of newer ones, so
 * they are replaced by one that it knows.
 */
function weigh(text: string): number {
  let rest = '';
  let count = 0;
  for (const piece of piecesOf(text)) {
    let at = 0;
    for (const { start, end, counted } of linksIn(piece)) {
      rest += `${withKnownEmoji(piece.slice(at, start))} ${piece.slice(start + counted, end)}`;
      at = end;
      count++;
    }
    rest += withKnownEmoji(piece.slice(at));
  }
  return parseTweet(rest.replaceAll('.', ',')).weightedLength + count * (LINK - 1);
}

export interface Measured {
  weightedLength: number;
  /** Whether X accepts the text: neither empty nor too long, and without U+FEFF, U+FFFE and U+FFFF. */
  valid: boolean;
  /** Thousandths of the maximum length, rounded down. */
  permillage: number;
}

/**
 * Measures a text as X does, after normalization to NFC: a link counts 23 however long it is, an emoji 2, a Chinese, Japanese or Korean
 * character 2, most others 1.
 */
export const measure = keeping((text: string): Measured => {
  const weightedLength = weigh(text.normalize('NFC'));
  return {
    weightedLength,
    valid: weightedLength > 0 && weightedLength <= LONGEST && !hasInvalidCharacters(text),
    permillage: Math.floor((weightedLength / LONGEST) * 1000),
  };
});

export const weightedLength = (text: string): number => measure(text).weightedLength;

/** Returns a link as X shows it: without its scheme, and cut off after about thirty characters. */
function showLink(url: string): string {
  const bare = url.replace(/^https?:\/\/(?:www\.)?/i, '');
  return bare.length > 30 ? `${truncateText(bare, 29)}…` : bare;
}

export const xTextRules: TextRules = {
  findLinks: (text) => [...findLinks(text)],
  count: weightedLength,
  showLink,
};
