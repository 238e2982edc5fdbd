import extractUrlsWithIndices from 'twitter-text/dist/extractUrlsWithIndices.js';
import hasInvalidCharacters from 'twitter-text/dist/hasInvalidCharacters.js';
import parseTweet from 'twitter-text/dist/parseTweet.js';
import type { FoundUrl, TextRules } from '../kit/text';

/**
 * Finds links and counts characters with X's own library, twitter-text: https://docs.x.com/fundamentals/counting-characters. Pure, but large,
 * so browsers load it on demand.
 */

/** Maximum weighted length of a post. */
const LONGEST = 280;
/** Before each of X's spaces. A link contains none and may follow any. */
const BEFORE_SPACE = /(?=[\t-\r \u0085\u00A0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000])/;
/**
 * Maximum number of UTF-16 code units that are searched as one piece. X's longest link has 4,096. The time of a search grows with the square
 * of the length.
 */
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

const findIn = (piece: string) =>
  piece.includes('.')
    ? extractUrlsWithIndices(piece).map(({ indices: [start, end] }) => ({ start, end }))
    : [];

function findLinks(text: string): FoundUrl[] {
  const found: FoundUrl[] = [];
  let offset = 0;
  for (const piece of piecesOf(text)) {
    for (const { start, end } of findIn(piece))
      found.push({
        start: offset + start,
        end: offset + end,
        url: piece.slice(start, end),
        certain: true,
      });
    offset += piece.length;
  }
  return found;
}

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

/**
 * Replaces the emoji outside links by one that twitter-text knows. "All emoji count as two characters", but the library's own list ends in
 * 2018 and would count the parts of newer ones.
 */
function withKnownEmoji(piece: string): string {
  if (!EMOJI || piece.search(EMOJI) < 0) return piece;
  let out = '';
  let at = 0;
  for (const { start, end } of findIn(piece)) {
    out += piece.slice(at, start).replace(EMOJI, KNOWN) + piece.slice(start, end);
    at = end;
  }
  return out + piece.slice(at).replace(EMOJI, KNOWN);
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
export function measure(text: string): Measured {
  let weightedLength = 0;
  for (const piece of piecesOf(text.normalize('NFC')))
    weightedLength += parseTweet(withKnownEmoji(piece)).weightedLength;
  return {
    weightedLength,
    valid: weightedLength > 0 && weightedLength <= LONGEST && !hasInvalidCharacters(text),
    permillage: Math.floor((weightedLength / LONGEST) * 1000),
  };
}

export const weightedLength = (text: string): number => measure(text).weightedLength;

export const xTextRules: TextRules = { findLinks, count: weightedLength };
