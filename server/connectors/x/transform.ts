import { hasVisibleText } from '@/server/foundation/visible-text';
import { canonicalUrl as canonicalAddress } from '../kit/canonical-url';
import { goneAt } from '../kit/engagement';
import { plainText } from '../kit/match-text';
import { resembles } from '../kit/resemblance';
import type { Engagement } from '../kit/types';
import { xTextRules } from './text';
import type { Metrics, Post } from './wire';

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
/** Reverses X's escaping of these characters, once. */
export const unescapeHtml = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

const SHORT_LINK = /https?:\/\/t\.co\/[A-Za-z0-9]+/g;
/** X's old and new host are the same site, and X returns either. */
const OWN_HOST = /^(?:www\.|mobile\.)?(?:twitter|x)\.com(?=$|[/?#])/;
const canonicalUrl = (url: string): string => canonicalAddress(url).replace(OWN_HOST, 'x.com');

/** A link of a published text. */
interface ShownLink {
  /** The short address. */
  short: string;
  /** The address that was written, as X lists it; null if it does not. */
  written: string | null;
  /** Where the address finally leads. */
  target: string | null;
}
type Piece = string | ShownLink;

/**
 * Splits a text as X returns it into texts and links. X replaces links by short ones, escapes some characters, and lists the originals by
 * their short address. The listed offsets are not used, because X does not document whether they count escaped characters.
 */
function piecesOf(body: string, entities: Post['entities']): Piece[] {
  const urls = [...(entities?.urls ?? [])].sort((a, b) => a.start - b.start);
  const named = urls.some((u) => u.url);
  const links: ShownLink[] = [...body.matchAll(SHORT_LINK)].map(([short], i) => {
    const entity = named ? urls.find((u) => u.url === short) : urls[i];
    return { short, written: entity?.expanded_url || null, target: entity?.unwound_url || null };
  });
  const texts = plainText(body.replace(SHORT_LINK, '\u0000')).split('\u0000');
  return texts.flatMap((text, i): Piece[] => {
    const link = links[i];
    return link ? [text, link] : [text];
  });
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

/** Whether an address is the one that X lists, which may be escaped: X does not document it. */
const isListed = (listed: string | null, address: string): boolean =>
  listed !== null &&
  [listed, unescapeHtml(listed)].some((reading) => canonicalUrl(reading) === canonicalUrl(address));
/** Whether an address of our text is certainly the one that X replaced. */
const isWritten = (link: ShownLink, address: string): boolean =>
  address === link.short || isListed(link.written, address);
/** Whether it may be: X does not list the original, or lists only where it leads. */
const mayBeWritten = (link: ShownLink, address: string): boolean =>
  isWritten(link, address) || (link.target === null ? link.written === null : isListed(link.target, address));

/** Splits our own text in the same way. */
function piecesOfSent(sent: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, url } of xTextRules.findLinks(sent)) {
    pieces.push(sent.slice(at, start), { short: url, written: url, target: null });
    at = end;
  }
  return [...pieces, sent.slice(at)];
}

const textsOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : ' ')).join('');
/** The whole text with the originals of its links. */
const wholeOf = (pieces: readonly Piece[]): string =>
  pieces
    .map((piece) =>
      typeof piece === 'string'
        ? piece
        : canonicalUrl(unescapeHtml(piece.written ?? piece.target ?? '')).replace(/^www\./, ''),
    )
    .join('');
/** The names before a text. X puts some before a reply, and omits others. */
const MENTIONS = /^(?:@\w+(?:\s+|$))+/;

/** Whether the words of two texts, without their links, are the same after a change that we do not know. Either may have none. */
const areWordsSimilar = (shown: string, sent: string): boolean =>
  resembles(shown, sent) || (!hasVisibleText(shown) && !hasVisibleText(sent));

/** The same, whether or not X added names before the text or, to a reply, omitted ours. */
function areTextsSimilar(shown: readonly Piece[], own: readonly Piece[], isReply: boolean): boolean {
  const [a, b] = [textsOf(shown), textsOf(own)];
  const [bareA, bareB] = [a, b].map((text) => text.trimStart().replace(MENTIONS, '')) as [string, string];
  return (
    areWordsSimilar(a, b) ||
    areWordsSimilar(bareA, b) ||
    (isReply && (areWordsSimilar(a, bareB) || areWordsSimilar(bareA, bareB)))
  );
}

/**
 * Whether a post may be ours although X changed it in a way that we do not know: its words are the same. X may list any other address for
 * our link: where it leads, or without its fragment or parameters.
 */
function isSimilar(pieces: readonly Piece[], own: readonly Piece[], isReply: boolean): boolean {
  return resembles(wholeOf(pieces), wholeOf(own)) || areTextsSimilar(pieces, own, isReply);
}

/** `maybe`: the same, as far as X shows its links. `similar`: not the same, but X may have changed it. */
export type Match = 'same' | 'maybe' | 'similar' | 'other';

/** Compares a post with the text that we sent. `other` only if X cannot have made it from that text. */
export function matchPost(post: Post, text: string, isReply: boolean): Match {
  const sent = plainText(text);
  const { note_post: note } = post;
  const [body, entities] = note ? [note.text, note.entities] : [post.text, post.entities];
  const pieces = piecesOf(unescapeHtml(body), entities);
  if (consistsOf(sent, pieces, isWritten)) return 'same';
  if (consistsOf(sent, pieces, mayBeWritten)) return 'maybe';
  // A post with pictures cannot be one that we sent without any.
  if (post.attachments?.media_keys?.length) return 'other';
  // X does not document whether it escapes characters in long posts.
  const readings = note ? [pieces, piecesOf(body, entities)] : [pieces];
  const own = piecesOfSent(sent);
  return readings.some((reading) => isSimilar(reading, own, isReply)) ? 'similar' : 'other';
}

/**
 * Compares a post with the one that we sent with these pictures. The post's media keys end with the unique ids of the uploads (`3_<id>`),
 * so a match is conclusive. A post with our text (links aside) for which X lists no media is `maybe`.
 */
export function matchMediaPost(post: Post, media: readonly string[], sent: string, isReply: boolean): Match {
  const keys = post.attachments?.media_keys ?? [];
  if (keys.length > 0)
    return keys.some((key) => media.includes(key.slice(key.indexOf('_') + 1))) ? 'same' : 'other';
  const shown = piecesOf(unescapeHtml(post.note_post?.text ?? post.text), null);
  const own = piecesOfSent(plainText(sent));
  if (plainText(textsOf(shown)) === plainText(textsOf(own))) return 'maybe';
  return areTextsSimilar(shown, own, isReply) ? 'similar' : 'other';
}

/**
 * Whether a post is where ours should be: a reply to `replyTo`, or not a reply. X omits the references of posts without any, so a reply
 * without references is `maybe`.
 */
export function isInPlace(post: Post, replyTo: string | undefined): 'yes' | 'maybe' | 'no' {
  const answered = post.referenced_posts?.find((r) => r.type === 'replied_to')?.id;
  if (replyTo === undefined) return answered === undefined ? 'yes' : 'no';
  if (answered !== undefined) return answered === replyTo ? 'yes' : 'no';
  return 'maybe';
}

/** X's problem type for something that does not exist. */
export const NOT_FOUND = 'https://api.x.com/2/problems/resource-not-found';

/**
 * Reads the engagement of posts. X returns 200 with an error entry for each post that it does not show; only `resource-not-found` means
 * that a post is gone. Posts that the response does not mention, or that were not requested, are omitted.
 */
export function engagementOf(body: Metrics, asked: readonly string[]): Engagement[] {
  const found = (body.data ?? []).map(({ id, public_metrics: m }) => ({
    remoteId: id,
    gone: false,
    likes: m?.like_count ?? null,
    replies: m?.reply_count ?? null,
    reposts: m?.repost_count ?? m?.retweet_count ?? null,
    views: m?.impression_count ?? null,
  }));
  const gone = (body.errors ?? [])
    .filter((e) => e.type === NOT_FOUND)
    .flatMap((e) => e.resource_id ?? e.value ?? [])
    .filter((id) => !found.some((f) => f.remoteId === id))
    .map(goneAt);
  return [...found, ...gone].filter((e) => asked.includes(e.remoteId));
}
