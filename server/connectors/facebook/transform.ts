import { type Fact, fact } from '@/server/foundation/facts';
import type { Effect, FaultReading } from '../kit/connector';
import { matchText as matchPlain, matchWithLink, type TextMatch } from '../kit/match-text';
import { type Engagement, MEDIA_GONE, type MediaKind } from '../kit/types';
import { vendorWords } from '../kit/vendor-words';
import { isBlock, isDuplicate, isInternalError, isPassingBlock, isTooMany } from '../meta/graph-codes';
import { facebookManifest } from './manifest';
import { graphError, type Post, type Tallied, type Video, wantedRange } from './wire';

const platform = facebookManifest.name;

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
export const isUnreadable = (vendorCode: string | undefined): boolean =>
  UNREADABLE_PICTURE.test(vendorCode ?? '') || UNREADABLE_VIDEO.test(vendorCode ?? '');

/** The chunk was cut off, timed out or had the wrong offset: https://developers.facebook.com/docs/video-api/reference/error-codes */
const RETRY_CHUNK_CODES = [1363019, 1363030, 1363033, 1363037];

/** Meta does not say how long a block for posting too fast lasts, in seconds. */
const BLOCK_S = 3_600;

/** A security check (459, 490) or an account that is not confirmed (464): Facebook shows the person who signed in what to do. */
const CHECKPOINTS = [459, 464, 490];
/** A wrong app id or secret. */
const WRONG_CLIENT = 101;
/** The person who signed in no longer has a role on the Page. */
const NO_ROLE = 492;

/** Says why a token is no longer valid, if something has to be done before the Page can be connected again. */
function whyEnded(subcode: number | undefined): Fact {
  if (subcode !== undefined && CHECKPOINTS.includes(subcode))
    return fact('platforms.facebook.errors.securityCheck');
  if (subcode === NO_ROLE) return fact('platforms.facebook.errors.noRole');
  return fact('connectors.errors.ended', { platform });
}

/** Facebook's error codes: https://developers.facebook.com/docs/graph-api/guides/error-handling */
export function readGraphFault(
  status: number,
  body: unknown,
  effect: Effect,
  phrases: readonly string[],
): FaultReading | null {
  const said = graphError.safeParse(body).data?.error;
  if (!said) return null;
  const vendorCode = `${said.code}${said.error_subcode === undefined ? '' : `/${said.error_subcode}`}`;
  if (said.code === WRONG_CLIENT)
    return {
      kind: 'transient',
      vendorCode,
      fact: fact('connectors.errors.installationRefused', { platform }),
      installation: true,
    };
  if (said.code === 190 || said.code === 102)
    return { kind: 'reauth', vendorCode, fact: whyEnded(said.error_subcode) };
  if (isForbidden(vendorCode))
    return {
      kind: 'reauth',
      vendorCode,
      fact: fact('platforms.facebook.errors.noPermission'),
      forbidden: true,
    };
  if (isTooMany(said))
    return {
      kind: 'rate_limited',
      vendorCode,
      fact: fact('connectors.errors.slowDown', { platform }),
    };
  if (isDuplicate(said))
    return {
      kind: 'rejected',
      vendorCode,
      fact: fact('connectors.errors.duplicate', { platform }),
    };
  // Trying again soon would make such a block longer.
  if (isPassingBlock(said))
    return {
      kind: 'rate_limited',
      vendorCode,
      fact: fact('connectors.errors.slowDown', { platform }),
      retryAfter: BLOCK_S,
    };
  if (isBlock(said))
    return {
      kind: 'rejected',
      vendorCode,
      fact: fact('platforms.facebook.errors.blocked'),
    };
  if (isUnreadable(vendorCode))
    return {
      kind: 'rejected',
      vendorCode,
      fact: unreadable(UNREADABLE_PICTURE.test(vendorCode) ? 'picture' : 'video'),
    };
  if (said.error_subcode !== undefined && RETRY_CHUNK_CODES.includes(said.error_subcode)) {
    const resume = wantedRange.safeParse(said.error_data).data;
    return {
      kind: effect === 'effect' ? 'unknown_outcome' : 'transient',
      vendorCode,
      fact: fact('platforms.facebook.errors.chunkMissing'),
      ...(resume ? { resume } : {}),
    };
  }
  // Facebook does not know the photo or the upload of the video, or no longer does.
  if (said.code === 100 && /media_fbid|attached_media|upload.session/i.test(said.message))
    return {
      kind: 'rejected',
      vendorCode: MEDIA_GONE,
      fact: fact('connectors.errors.mediaGone', { platform }),
    };
  // Facebook reports that a retry does not help. For a post, that leaves open whether it was created.
  const final = said.code === 1 && said.is_transient === false && status < 500 && effect !== 'effect';
  // 1 and 2 are Facebook's own failures, which do not tell whether the post was created.
  if (!final && (isInternalError(said) || said.is_transient || status >= 500))
    return effect === 'effect'
      ? {
          kind: 'unknown_outcome',
          vendorCode,
          fact: fact('connectors.errors.outcomeUnknown', { platform }),
        }
      : {
          kind: 'transient',
          vendorCode,
          fact: fact('connectors.errors.trouble', { platform }),
        };
  if (status === 401 || status === 429) return null;
  const clean = vendorWords(phrases);
  return {
    kind: 'rejected',
    vendorCode,
    fact: clean
      ? fact('connectors.errors.notAcceptedBecause', { platform, said: clean })
      : fact('platforms.facebook.errors.notAccepted'),
  };
}
/**
 * Converts the counts of a post. Reactions of any kind count as likes. Views are null because a Page would need more permissions to read
 * them.
 */
export function engagementOf(remoteId: string, post: Tallied): Engagement {
  return {
    remoteId,
    gone: false,
    likes: post.reactions?.summary?.total_count ?? null,
    replies: post.comments?.summary?.total_count ?? null,
    reposts: post.shares === undefined ? 0 : (post.shares?.count ?? null),
    views: null,
  };
}

/** Whether the token is valid but lacks the permission: 10 and 200 to 299. */
export const isForbidden = (vendorCode: string | undefined): boolean =>
  /^(?:10|2\d\d)(?:\/|$)/.test(vendorCode ?? '');
/** Whether Facebook reported "It does not exist, or you may not see it". */
export const isGone = (vendorCode: string | undefined): boolean =>
  vendorCode === '100/33' || vendorCode === '803';
