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
/** X answers texts with these characters escaped, once. */
export const unescapeHtml = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

const SHORT_LINK = /https?:\/\/t\.co\/\w+/g;

/** An address in the one form that both sides can be brought to: no scheme, host in small letters, no last slash. */
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
 * Is this post the text that we sent? X puts its short links in the place of ours and tells the originals beside it; where
 * it does not tell them, a text that is the same but for its links may be ours.
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
  // Each link whose original X kept to itself may stand for any address.
  const pattern = canonicalText(expanded)
    .split('\u0000')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('\\S+');
  return new RegExp(`^${pattern}$`, 'u').test(wanted) ? 'maybe' : 'other';
}

/**
 * Is this the post that we sent with these pictures? Each upload has an id of its own, which the post's media keys end with
 * (`3_<id>`), so they say it surely. A post with our words, links aside, of which X tells no media may be ours.
 */
export function matchPictured(post: Post, media: readonly string[], sent: string): Match {
  const keys = post.attachments?.media_keys ?? [];
  if (keys.length > 0)
    return keys.some((key) => media.includes(key.slice(key.indexOf('_') + 1))) ? 'same' : 'other';
  const shown = unescapeHtml(post.note_post?.text ?? post.text).replace(SHORT_LINK, '');
  return bareWords(shown) === bareWords(sent) ? 'maybe' : 'other';
}

function bareWords(text: string): string {
  const nfc = text.normalize('NFC');
  const links = findUrls(nfc).reverse();
  return links
    .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), nfc)
    .replace(/\s+/gu, ' ')
    .trim();
}

/**
 * Whether a post stands where ours was to stand: as a reply to `replyTo`, or by itself. X leaves the references out of a post
 * that has none; of a reply whose references it does not tell nothing is known.
 */
export function belongs(post: Post, replyTo: string | undefined): 'yes' | 'maybe' | 'no' {
  const answered = post.referenced_posts?.find((r) => r.type === 'replied_to')?.id;
  if (replyTo === undefined) return answered === undefined ? 'yes' : 'no';
  if (answered !== undefined) return answered === replyTo ? 'yes' : 'no';
  return 'maybe';
}

export const permalink = (web: string, username: string | undefined, id: string): string =>
  `${web}/${username ?? 'i'}/status/${id}`;

/** The problem type of what X does not have. */
export const NOT_FOUND = 'https://api.x.com/2/problems/resource-not-found';

/**
 * How the posts do. X answers 200 with an error entry for each post that it does not show; only `resource-not-found` says that
 * one is gone. Posts of which nothing is said are left out, and so are those that were not asked for.
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
