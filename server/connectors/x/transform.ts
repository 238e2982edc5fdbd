import type { z } from 'zod';
import { findUrls } from '../kit/text';
import type { Engagement } from '../kit/types';
import type { metrics, Post } from './wire';

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

const SHORT_LINK = /https?:\/\/t\.co\/\w+/g;

/** Normalizes an address for comparison: no scheme, host in lower case, no trailing slash. */
export function canonicalUrl(url: string): string {
  const [, rest = ''] = /^(?:https?:\/\/)?(.*)$/i.exec(url) ?? [];
  const [, host = '', path = ''] = /^([^/?#]*)(.*)$/.exec(rest) ?? [];
  return `${host.toLowerCase()}${path.replace(/\/(?=$|[?#])/, '')}`;
}

function canonicalText(text: string): string {
  const nfc = text.normalize('NFC');
  let out = '';
  let at = 0;
  for (const { start, end, url } of findUrls(nfc)) {
    out += `${nfc.slice(at, start)}${canonicalUrl(url)}`;
    at = end;
  }
  return (out + nfc.slice(at)).replace(/\s+/gu, ' ').trim();
}

export type Match = 'same' | 'maybe' | 'other';

/**
 * Compares a post with the text that we sent. X replaces our links with short ones and lists the originals. If it omits them, a text that
 * matches except for its links is `maybe`.
 */
export function matchPost(post: Post, sent: string): Match {
  const body = post.note_post?.text ?? post.text;
  const urls = [...((post.note_post ? post.note_post.entities : post.entities)?.urls ?? [])].sort(
    (a, b) => a.start - b.start,
  );
  let unknown = false;
  let index = 0;
  const expanded = unescapeHtml(body).replace(SHORT_LINK, (short) => {
    const named = urls.find((u) => u.url === short);
    const entity = named ?? (urls.some((u) => u.url) ? undefined : urls[index]);
    index++;
    const original = entity?.expanded_url ?? entity?.unwound_url;
    if (!original) {
      unknown = true;
      return '\u0000';
    }
    return unescapeHtml(original);
  });
  const wanted = canonicalText(sent);
  if (!unknown) return canonicalText(expanded) === wanted ? 'same' : 'other';
  // A link whose original X does not list may stand for any address.
  const pattern = canonicalText(expanded)
    .split('\u0000')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('\\S+');
  return new RegExp(`^${pattern}$`, 'u').test(wanted) ? 'maybe' : 'other';
}

/**
 * Compares a post with the one that we sent with these pictures. The post's media keys end with the unique ids of the uploads (`3_<id>`),
 * so a match is conclusive. A post with our text (links aside) for which X lists no media is `maybe`.
 */
export function matchMediaPost(post: Post, media: readonly string[], sent: string): Match {
  const keys = post.attachments?.media_keys ?? [];
  if (keys.length > 0)
    return keys.some((key) => media.includes(key.slice(key.indexOf('_') + 1))) ? 'same' : 'other';
  const shown = unescapeHtml(post.note_post?.text ?? post.text).replace(SHORT_LINK, '');
  return textWithoutLinks(shown) === textWithoutLinks(sent) ? 'maybe' : 'other';
}

function textWithoutLinks(text: string): string {
  const nfc = text.normalize('NFC');
  const links = findUrls(nfc).reverse();
  return links
    .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), nfc)
    .replace(/\s+/gu, ' ')
    .trim();
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

export const permalink = (web: string, username: string | undefined, id: string): string =>
  `${web}/${username ?? 'i'}/status/${id}`;

/** X's problem type for something that does not exist. */
export const NOT_FOUND = 'https://api.x.com/2/problems/resource-not-found';

/**
 * Reads the engagement of posts. X returns 200 with an error entry for each post that it does not show; only `resource-not-found` means
 * that a post is gone. Posts that the response does not mention, or that were not requested, are omitted.
 */
export function engagementOf(body: z.output<typeof metrics>, asked: readonly string[]): Engagement[] {
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
    .map((remoteId) => ({ remoteId, gone: true, likes: null, replies: null, reposts: null, views: null }));
  return [...found, ...gone].filter((e) => asked.includes(e.remoteId));
}
