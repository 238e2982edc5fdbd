import { type Fact, fact } from '@/server/foundation/facts';
import { counted } from '../kit/engagement';
import { matchText as matchPlain, matchWithLink, type TextMatch } from '../kit/match-text';
import type { Engagement, MediaKind } from '../kit/types';
import type { Post, Tallied, Video } from './wire';

/** A mention of a Page by its number, in place of which Facebook shows the name of the Page, of at most 75 characters. */
const MENTIONS = { pattern: /@\[\d+(?::[^\]\n]*)?\]/, longest: 75 };

/** Compares a text as Facebook shows it with the one that we sent. */
export const matchText = (shown: string, sent: string): TextMatch => matchPlain(shown, sent, MENTIONS);

/** Compares a post with the one that we sent, by its text and by the links that Facebook reports. */
export const matchPost = (post: Post, text: string, link: string | undefined): TextMatch | 'linkless' =>
  matchWithLink(
    {
      text: post.message ?? '',
      urls: (post.attachments?.data ?? []).flatMap((a) => a.unshimmed_url ?? a.url ?? []).map(unshim),
    },
    { text, link },
    MENTIONS,
  );

/** Returns the address to which one of Facebook's redirecting addresses (`l.facebook.com/l.php?u=…`) leads, or the address itself. */
function unshim(url: string): string {
  if (!URL.canParse(url)) return url;
  const { hostname, pathname, searchParams } = new URL(url);
  const isShim = /^lm?\.facebook\.com$/.test(hostname) && pathname === '/l.php';
  return (isShim && searchParams.get('u')) || url;
}

/** Whether this is the post that we sent with these photos. Each upload has an id of its own, so one match is conclusive. */
export function hasOurPhotos(post: Post, photos: readonly string[]): boolean {
  const shown = (post.attachments?.data ?? []).flatMap((a) => [
    a.target?.id,
    ...(a.subattachments?.data ?? []).map((sub) => sub.target?.id),
  ]);
  return shown.some((id) => id !== undefined && photos.includes(id));
}

/**
 * Determines whether a video is published. `never`: nothing that follows a finished upload has begun, so the upload was not finished.
 * `unclear`: anything in between, such as a video that is being processed.
 */
export function publicationState({ post_id, published, status }: Video): 'out' | 'never' | 'unclear' {
  const {
    uploading_phase: uploading,
    processing_phase: processing,
    publishing_phase: publishing,
  } = status ?? {};
  if (post_id || publishing?.status === 'complete' || publishing?.publish_status === 'published')
    return 'out';
  const waits = processing?.status === 'not_started' && publishing?.status === 'not_started';
  if (published === true) return publishing?.status === 'not_started' ? 'unclear' : 'out';
  const worked = status?.video_status === 'processing' || status?.video_status === 'ready';
  // A finished upload may wait briefly before its processing starts.
  return published === false && waits && !worked && uploading?.status !== 'complete' ? 'never' : 'unclear';
}

/** Advice for a file that Facebook cannot read. */
export const unreadable = (kind: MediaKind): Fact =>
  fact(`platforms.facebook.problems.${kind === 'document' ? 'picture' : kind}`);
/** 324 and 1366046: an unreadable picture; 352, 1363024 and 1363031: not a video, or in an unknown format. */
const UNREADABLE_PICTURE = /^324(?:\/|$)|\/1366046$/;
const UNREADABLE_VIDEO = /^352(?:\/|$)|\/(?:1363024|1363031)$/;
export const isUnreadablePicture = (vendorCode: string): boolean => UNREADABLE_PICTURE.test(vendorCode);
export const isUnreadable = (vendorCode: string | undefined): boolean =>
  UNREADABLE_PICTURE.test(vendorCode ?? '') || UNREADABLE_VIDEO.test(vendorCode ?? '');

/**
 * Converts the counts of a post. Reactions of any kind count as likes. Views are null because a Page would need more permissions to read
 * them.
 */
export const engagementOf = (remoteId: string, { reactions, comments, shares }: Tallied): Engagement =>
  counted(remoteId, {
    likes: reactions?.summary?.total_count,
    replies: comments?.summary?.total_count,
    reposts: shares === undefined ? 0 : shares?.count,
  });
