import { hasVisibleText } from '@/server/foundation/visible-text';
import { canonicalUrl } from './canonical-url';
import { plainText, type TextMatch } from './match-text';
import { resembles } from './resemblance';
import type { FoundUrl } from './text';

/**
 * Compares texts on a platform that shows links of its own in place of ours, and lists which addresses they replace. Everything else of the
 * text has to be as it was sent.
 */

/** A link of a published text. */
export interface ShownLink {
  /** What the text has in place of the address that was written. */
  readonly shown: string;
  /** The address that was written, as the platform lists it; null if it does not. */
  readonly written: string | null;
  /** Where the address finally leads. */
  readonly target: string | null;
}
export type Piece = string | ShownLink;

/** What of a text the platform may change, besides its links. */
export interface Changes {
  /** Makes an address comparable; `canonicalUrl` by default. */
  canonical?(url: string): string;
  /** Everything that an address in the platform's list may stand for, because it may be escaped; itself by default. */
  readings?(listed: string): readonly string[];
  /** Names at the beginning of a text, which the platform may put before it. */
  readonly names?: RegExp;
  /** The platform may also omit names that we wrote. */
  readonly omitsNames?: boolean;
}

/** Splits a text at everything that `pattern` matches (which needs the flag `g`) into texts and links. `linkAt` describes the n-th link. */
export function piecesShown(
  text: string,
  pattern: RegExp,
  linkAt: (shown: string, index: number) => ShownLink,
): Piece[] {
  const links = [...text.matchAll(pattern)].map(([shown], i) => linkAt(shown, i));
  const texts = plainText(text.replace(pattern, '\u0000')).split('\u0000');
  return texts.flatMap((part, i): Piece[] => {
    const link = links[i];
    return link ? [part, link] : [part];
  });
}

/** Splits our own text in the same way. */
export function piecesSent(sent: string, findLinks: (text: string) => readonly FoundUrl[]): Piece[] {
  const text = plainText(sent);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, url } of findLinks(text)) {
    pieces.push(text.slice(at, start), { shown: url, written: url, target: null });
    at = end;
  }
  return [...pieces, text.slice(at)];
}

/**
 * Whether a text consists of these pieces: of their texts, and of an address that `accepts` takes at the place of each link. Where an
 * address ends in our text does not have to be known: it ends where the next text begins, the last one where the rest is the last text.
 */
function consistsOf(
  sent: string,
  pieces: readonly Piece[],
  accepts: (link: ShownLink, address: string) => boolean,
): boolean {
  /** Where the piece may begin, in ascending order. */
  let starts = [0];
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece === 'string') {
      starts = starts.filter((at) => sent.startsWith(piece, at)).map((at) => at + piece.length);
      continue;
    }
    const given = pieces[index + 1];
    const next = typeof given === 'string' ? given : '';
    const isLast = index + 2 >= pieces.length;
    const mayEnd = (end: number) =>
      isLast ? end === sent.length - next.length && sent.endsWith(next) : sent.startsWith(next, end);
    // No address contains a space, so all of them begin in one word and end in it.
    const [first = sent.length] = starts;
    const space = sent.indexOf(' ', first);
    const wordEnd = space < 0 ? sent.length : space;
    const ends: number[] = [];
    for (let end = first + 1; end <= wordEnd; end++)
      if (mayEnd(end) && starts.some((start) => start < end && accepts(piece, sent.slice(start, end))))
        ends.push(end);
    starts = ends;
  }
  return starts.includes(sent.length);
}

const textsOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : ' ')).join('');

/** Whether the words of two texts, without their links, are the same after a change that we do not know. Either may have none. */
const areWordsSimilar = (shown: string, sent: string): boolean =>
  resembles(shown, sent) || (!hasVisibleText(shown) && !hasVisibleText(sent));

/** Compares the words of two texts, without their links. */
export function matchWords(
  shown: readonly Piece[],
  own: readonly Piece[],
  { names, omitsNames = false }: Changes = {},
): TextMatch {
  const [a, b] = [textsOf(shown), textsOf(own)];
  if (plainText(a) === plainText(b)) return 'same';
  const bare = (text: string) => (names ? text.trimStart().replace(names, '') : text);
  const isSimilar =
    areWordsSimilar(a, b) ||
    areWordsSimilar(bare(a), b) ||
    (omitsNames && (areWordsSimilar(a, bare(b)) || areWordsSimilar(bare(a), bare(b))));
  return isSimilar ? 'similar' : 'other';
}

/**
 * Compares a text as a platform shows it with our own. `shown` are its possible readings, the likeliest first, by which alone a text is the
 * same. `maybe`: the same as far as the platform shows its links, of which it does not list the original. A link that is listed with another
 * address makes the text `similar`: it may be where ours leads, or without its fragment or parameters.
 */
export function matchPieces(
  shown: readonly [Piece[], ...Piece[][]],
  sent: string,
  findLinks: (text: string) => readonly FoundUrl[],
  changes: Changes = {},
): TextMatch | 'maybe' {
  const { canonical = canonicalUrl, readings = (listed: string) => [listed] } = changes;
  const isListed = (listed: string | null, address: string): boolean =>
    listed !== null && readings(listed).some((reading) => canonical(reading) === canonical(address));
  const isWritten = (link: ShownLink, address: string): boolean =>
    address === link.shown || isListed(link.written, address);
  const mayBeWritten = (link: ShownLink, address: string): boolean =>
    isWritten(link, address) ||
    (link.target === null ? link.written === null : isListed(link.target, address));
  const text = plainText(sent);
  if (consistsOf(text, shown[0], isWritten)) return 'same';
  if (consistsOf(text, shown[0], mayBeWritten)) return 'maybe';
  /** The whole text with the originals of its links. */
  const wholeOf = (pieces: readonly Piece[]): string =>
    pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece;
        const original = piece.written ?? piece.target ?? '';
        return canonical(readings(original).at(-1) ?? original).replace(/^www\./, '');
      })
      .join('');
  const own = piecesSent(text, findLinks);
  const isSimilar = shown.some(
    (pieces) => resembles(wholeOf(pieces), wholeOf(own)) || matchWords(pieces, own, changes) !== 'other',
  );
  return isSimilar ? 'similar' : 'other';
}
