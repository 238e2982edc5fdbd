import { fact } from '@/server/foundation/facts';
import type { ConnectorIo } from '../kit/connector';
import { requestTimeoutMs } from '../kit/sending';
import { isConnectorFault, type MediaKind } from '../kit/types';
import { isBadRequest, type Said, uploadInSteps } from '../kit/upload-steps';
import { FINALIZED, SEGMENTS } from './faults';
import {
  appendUpload,
  describeUpload,
  finalizeUpload,
  getUpload,
  initializeUpload,
  type Uploaded,
} from './wire';

/** Bytes per segment of an upload. X accepts up to 5 MB, and at most 1,000 segments. */
const SEGMENT = 2 * 1024 * 1024;
const CATEGORY: Readonly<Partial<Record<MediaKind, string>>> = {
  picture: 'tweet_image',
  gif: 'tweet_gif',
  video: 'tweet_video',
};

/**
 * Initializes an upload, appends its segments, finalizes it, waits for the processing, and adds the description. A repeated segment
 * overwrites itself; a repeated initialization leaves an unused upload behind, which X discards. X keeps uploads for a day.
 * https://docs.x.com/x-api/media/quickstart/media-upload-chunked
 */
export const uploadStep = uploadInSteps({
  segment: SEGMENT,
  async begin(io, { kind, mime, bytes }) {
    const json = { media_type: mime, media_category: CATEGORY[kind], total_bytes: bytes };
    return (await initializeUpload(io, { json })).data.id;
  },
  async append(io, _input, id, { index, bytes }) {
    try {
      await appendUpload(io, {
        path: { id },
        multipart: {
          segment_index: index,
          media: { name: 'segment', mime: 'application/octet-stream', bytes },
        },
        timeoutMs: requestTimeoutMs(bytes.byteLength),
      });
      return null;
    } catch (error) {
      if (!isBadRequest(error)) throw error;
      // X accepts no more segments for this upload. It does not inspect the content of the file before it is finalized.
      return error.options.vendorCode === FINALIZED ? look(io, id) : { state: 'again' };
    }
  },
  async finish(io, _input, id) {
    try {
      return saidOf((await finalizeUpload(io, { path: { id } })).data);
    } catch (error) {
      if (!isBadRequest(error)) throw error;
      return afterRefusedFinalize(io, id, error.options.vendorCode);
    }
  },
  look: (io, _input, id) => look(io, id),
  describe: {
    kinds: ['picture', 'gif'],
    send: (io, { alt }, id) => describeUpload(io, { json: { id, metadata: { alt_text: { text: alt } } } }),
    problem: (kind) => fact('platforms.x.problems.description', { kind }),
  },
  // X is sent no documents.
  problem: (kind) => fact(`platforms.x.problems.${kind === 'document' ? 'picture' : kind}`),
});

/** What X says after a refused finalization: an earlier one succeeded and its response was lost, a segment is missing, or X rejects the file. */
async function afterRefusedFinalize(io: ConnectorIo, id: string, code: string | undefined): Promise<Said> {
  const seen = await statusOf(io, id).catch((error: unknown) => {
    if (isConnectorFault(error) && error.kind === 'rejected') return null;
    throw error;
  });
  if (seen && (code === FINALIZED || isComplete(seen, code))) return saidOf(seen);
  return { state: code === SEGMENTS || code === FINALIZED ? 'again' : 'failed' };
}

/** Whether X has the whole file and has started to inspect it. `pending` proves nothing if X reported a missing segment. */
function isComplete({ image, video, processing_info: info }: Uploaded, code: string | undefined): boolean {
  if (image || video) return true;
  return info != null && (code !== SEGMENTS || info.state !== 'pending');
}

const statusOf = async (io: ConnectorIo, id: string): Promise<Uploaded> =>
  (await getUpload(io, { query: { media_id: id, command: 'STATUS' } })).data;

async function look(io: ConnectorIo, id: string): Promise<Said> {
  try {
    return saidOf(await statusOf(io, id));
  } catch (error) {
    if (isBadRequest(error)) return { state: 'again' };
    throw error;
  }
}

function saidOf({ processing_info: info, expires_after_secs: keptSeconds }: Uploaded): Said {
  if (info?.state === 'failed') return { state: 'failed' };
  return {
    state: !info || info.state === 'succeeded' ? 'done' : 'working',
    percent: info?.progress_percent,
    checkAfterSeconds: info?.check_after_secs,
    keptSeconds,
  };
}
