import { canonicalUrl } from '../kit/canonical-url';
import { counted, goneAt } from '../kit/engagement';
import { decodeBasicHtml } from '../kit/html-text';
import {
  type Changes,
  matchPieces,
  matchWords,
  type Piece,
  piecesSent,
  piecesShown,
} from '../kit/match-links';
import type { TextMatch } from '../kit/match-text';
import type { Engagement } from '../kit/types';
import { xTextRules } from './text';
import type { Metrics, Post } from './wire';

const SHORT_LINK = /https?:\/\/t\.co\/[A-Za-z0-9]+/g;
/** X's old and new host are the same site, and X returns either. */
const OWN_HOST = /^(?:www\.|mobile\.)?(?:twitter|x)\.com(?=$|[/?#])/;

/** X lists the addresses that its short links replace, perhaps escaped: it does not document that. To a reply, it adds or omits names. */
const changesTo = (isReply: boolean): Changes => ({
  canonical: (url) => canonicalUrl(url).replace(OWN_HOST, 'x.com'),
  readings: (listed) => [listed, decodeBasicHtml(listed)],
  names: /^(?:@\w+(?:\s+|$))+/,
  omitsNames: isReply,
});

/**
 * Splits a text as X returns it into texts and links, whose originals it lists by their short address. The listed offsets are not used,
 * because X does not document whether they count escaped characters.
 */
function piecesOf(body: string, entities: Post['entities']): Piece[] {
  const urls = [...(entities?.urls ?? [])].sort((a, b) => a.start - b.start);
  const named = urls.some((u) => u.url);
  return piecesShown(body, SHORT_LINK, (shown, i) => {
    const entity = named ? urls.find((u) => u.url === shown) : urls[i];
    return { shown, written: entity?.expanded_url || null, target: entity?.unwound_url || null };
  });
}

/** `maybe`: the same, as far as X shows its links or its media. */
export type Match = TextMatch | 'maybe';

/** Compares a post with the text that we sent. `other` only if X cannot have made it from that text. */
export function matchPost(post: Post, text: string, isReply: boolean): Match {
  const { text: body, entities } = post.note_post ?? post;
  const shown = piecesOf(decodeBasicHtml(body), entities);
  // X does not document whether it escapes characters in long posts.
  const others = post.note_post ? [piecesOf(body, entities)] : [];
  const match = matchPieces([shown, ...others], text, xTextRules.findLinks, changesTo(isReply));
  // A post with pictures cannot be one that we sent without any.
  return match === 'similar' && post.attachments?.media_keys?.length ? 'other' : match;
}

/**
 * Compares a post with the one that we sent with these pictures. The post's media keys end with the unique ids of the uploads (`3_<id>`),
 * so a match is conclusive. A post with our text (links aside) for which X lists no media is `maybe`.
 */
export function matchMediaPost(post: Post, media: readonly string[], sent: string, isReply: boolean): Match {
  const keys = post.attachments?.media_keys ?? [];
  if (keys.length > 0)
    return keys.some((key) => media.includes(key.slice(key.indexOf('_') + 1))) ? 'same' : 'other';
  const shown = piecesOf(decodeBasicHtml(post.note_post?.text ?? post.text), null);
  const match = matchWords(shown, piecesSent(sent, xTextRules.findLinks), changesTo(isReply));
  return match === 'same' ? 'maybe' : match;
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
  const found = (body.data ?? []).map(({ id, public_metrics: m }) =>
    counted(id, {
      likes: m?.like_count,
      replies: m?.reply_count,
      reposts: m?.repost_count ?? m?.retweet_count,
      views: m?.impression_count,
    }),
  );
  const gone = (body.errors ?? [])
    .filter((e) => e.type === NOT_FOUND)
    .flatMap((e) => e.resource_id ?? e.value ?? [])
    .filter((id) => !found.some((f) => f.remoteId === id))
    .map(goneAt);
  return [...found, ...gone].filter((e) => asked.includes(e.remoteId));
}
