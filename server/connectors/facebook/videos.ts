import { fact } from '@/server/foundation/facts';
import type { ConnectorIo } from '../kit/connector';
import { composeFollowing } from '../kit/parts';
import { unlessGone } from '../kit/refusals';
import {
  ConnectorFault,
  isConnectorFault,
  type LookupOutput,
  type Published,
  type PublishInput,
} from '../kit/types';
import { isGone } from '../meta/graph-codes';
import { isUnreadable, publicationState, unreadable } from './transform';
import { decodeVideoId } from './upload';
import { finishVideo, getVideo, type Video } from './wire';

/** Finishes the upload of a video or GIF, which publishes it with its text. Facebook processes the video before showing it. */
export async function publishVideo(io: ConnectorIo, name: string, input: PublishInput): Promise<Published> {
  const { video: id, session } = decodeVideoId(name);
  try {
    await finishVideo(io, {
      path: { id: io.account.remoteId },
      json: {
        upload_phase: 'finish',
        upload_session_id: session,
        description: composeFollowing(input.text, input.link),
        published: true,
      },
    });
  } catch (error) {
    if (!isConnectorFault(error) || !isUnreadable(error.options.vendorCode)) throw error;
    const kind = input.media?.[0]?.kind ?? 'video';
    throw new ConnectorFault('rejected', unreadable(kind), { ...error.options, cause: error });
  }
  const shown = await readVideo(io, id, 5_000).catch(() => null);
  return shown ? videoPost(io, shown) : { remoteId: id, permalink: `${io.web}/${id}` };
}

const readVideo = (io: ConnectorIo, id: string, timeoutMs?: number): Promise<Video> =>
  getVideo(io, {
    path: { id },
    query: { fields: 'id,published,post_id,permalink_url,status' },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });

/**
 * Returns the post that shows a video, or the video itself if Facebook does not name the post yet. Comments and engagement need the id of
 * the post.
 */
function videoPost(io: ConnectorIo, shown: Video): Published {
  const post =
    shown.post_id && !shown.post_id.includes('_') ? `${io.account.remoteId}_${shown.post_id}` : shown.post_id;
  const permalink = shown.permalink_url ?? `${io.web}/${shown.id}`;
  return {
    remoteId: post ?? shown.id,
    permalink: permalink.startsWith('/') ? `${io.web}${permalink}` : permalink,
  };
}

/**
 * Looks up a video by the id of its upload. Reports `absent` only if the upload was certainly never finished, because publishing again
 * would create a second post.
 */
export async function lookUpVideo(io: ConnectorIo, name: string): Promise<LookupOutput> {
  try {
    const shown = await readVideo(io, decodeVideoId(name).video);
    const where = publicationState(shown);
    if (where === 'out') return { found: 'yes', post: videoPost(io, shown) };
    if (where === 'never') return { found: 'absent' };
    return { found: 'unclear', why: fact('platforms.facebook.lookup.videoNotYet') };
  } catch (error) {
    // Either Facebook reports that the video "does not exist, or you may not see it", or a proxy responded with 404. The video may have
    // been published in both cases.
    if (isConnectorFault(error) && (error.options.status === 404 || isGone(error.options.vendorCode)))
      return { found: 'unclear', why: fact('platforms.facebook.lookup.noVideo') };
    throw error;
  }
}

/**
 * Returns the post of a video that was published before Facebook named one, or null while there is none. Videos have other fields than
 * posts and would fail the whole batch request.
 */
export async function postOf(io: ConnectorIo, id: string): Promise<string | 'gone' | null> {
  return unlessGone(
    async () => {
      const { remoteId } = videoPost(io, await readVideo(io, id));
      return remoteId.includes('_') ? remoteId : null;
    },
    'gone',
    isGone,
  );
}
