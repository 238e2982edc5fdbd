import { z } from 'zod';
import { type Fact, fact } from '@/server/foundation/facts';
import type { ConnectorIo } from '../kit/connector';
import { requestTimeoutMs } from '../kit/sending';
import {
  type ConnectorFault,
  isConnectorFault,
  MEDIA_GONE,
  type MediaKind,
  type UploadInput,
  type UploadOutput,
} from '../kit/types';
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
/** An upload expires this much earlier for us than for X, so that no post uses one that is about to be discarded. */
const EXPIRY_MARGIN_S = 600;
/** X keeps uploads for a day. A shorter expiry than this is ignored, because otherwise the file would be uploaded again and again. */
const SHORTEST_EXPIRY_S = 3600;

const progress = z.object({
  id: z.string(),
  sent: z.number().int(),
  phase: z.enum(['segments', 'processing', 'description']),
  /** When X discards the upload, in milliseconds since 1970. */
  until: z.number().nullable(),
});
type Progress = z.output<typeof progress>;

/**
 * Performs one step: initialize, append a segment, finalize, check the processing, or add the description. A repeated segment overwrites
 * itself; a repeated initialization leaves an unused upload behind, which X discards.
 * https://docs.x.com/x-api/media/quickstart/media-upload-chunked
 */
export async function uploadStep(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  const at = progress.safeParse(input.progress).data;
  if (!at) return begin(io, input);
  try {
    if (at.phase === 'processing') return await look(io, input, at);
    if (at.phase === 'description') return await describe(io, input, at);
    return await (at.sent < input.bytes ? append(io, input, at) : finish(io, input, at));
  } catch (error) {
    // X no longer knows the upload, so start a new one.
    if (isRefusal(error) && (error.options.status === 404 || error.options.vendorCode === MEDIA_GONE))
      return { state: 'again' };
    throw error;
  }
}

/** Advice for a file that X cannot process. It is sent no documents. */
const unprocessed = (kind: MediaKind): Fact =>
  fact(`platforms.x.problems.${kind === 'document' ? 'picture' : kind}`);
const isRefusal = (error: unknown): error is ConnectorFault =>
  isConnectorFault(error) && error.kind === 'rejected';
/** Whether X rejects the content of a request. A 404 or X's error for an unknown id concerns the upload itself. */
const isBadRequest = (error: unknown): error is ConnectorFault =>
  isRefusal(error) && error.options.status === 400 && error.options.vendorCode !== MEDIA_GONE;

async function begin(io: ConnectorIo, { kind, mime, bytes }: UploadInput): Promise<UploadOutput> {
  const { data } = await initializeUpload(io, {
    json: { media_type: mime, media_category: CATEGORY[kind], total_bytes: bytes },
  });
  const next: Progress = { id: data.id, sent: 0, phase: 'segments', until: null };
  return { state: 'uploading', progress: next, sent: 0 };
}

async function append(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const bytes = await input.read(at.sent, Math.min(SEGMENT, input.bytes - at.sent));
  try {
    await appendUpload(io, {
      path: { id: at.id },
      multipart: {
        segment_index: at.sent / SEGMENT,
        media: { name: 'segment', mime: 'application/octet-stream', bytes },
      },
      timeoutMs: requestTimeoutMs(bytes.byteLength),
    });
  } catch (error) {
    if (!isBadRequest(error)) throw error;
    // X accepts no more segments for this upload. It does not inspect the content of the file before it is finalized.
    return error.options.vendorCode === FINALIZED ? look(io, input, at) : { state: 'again' };
  }
  const sent = at.sent + bytes.byteLength;
  return { state: 'uploading', progress: { ...at, sent }, sent };
}

async function finish(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  try {
    return nextStep(io, input, at, (await finalizeUpload(io, { path: { id: at.id } })).data);
  } catch (error) {
    if (!isBadRequest(error)) throw error;
    return handleRefusedFinalize(io, input, at, error.options.vendorCode);
  }
}

/** Handles a refused finalization: an earlier one succeeded and its response was lost, a segment is missing, or X rejects the file. */
async function handleRefusedFinalize(
  io: ConnectorIo,
  input: UploadInput,
  at: Progress,
  code: string | undefined,
): Promise<UploadOutput> {
  const seen = await statusOf(io, at).catch((error: unknown) => {
    if (isRefusal(error)) return null;
    throw error;
  });
  if (seen && (code === FINALIZED || isComplete(seen, code))) return nextStep(io, input, at, seen);
  if (code === SEGMENTS || code === FINALIZED) return { state: 'again' };
  return { state: 'failed', problem: unprocessed(input.kind) };
}

/** Whether X has the whole file and has started to inspect it. `pending` proves nothing if X reported a missing segment. */
function isComplete({ image, video, processing_info: info }: Uploaded, code: string | undefined): boolean {
  if (image || video) return true;
  return info != null && (code !== SEGMENTS || info.state !== 'pending');
}

const statusOf = async (io: ConnectorIo, { id }: Progress): Promise<Uploaded> =>
  (await getUpload(io, { query: { media_id: id, command: 'STATUS' } })).data;

async function look(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  try {
    return nextStep(io, input, at, await statusOf(io, at));
  } catch (error) {
    if (isBadRequest(error)) return { state: 'again' };
    throw error;
  }
}

function nextStep(
  io: ConnectorIo,
  { kind, bytes, alt }: UploadInput,
  at: Progress,
  said: Uploaded,
): UploadOutput {
  const expiresIn = said.expires_after_secs ?? 0;
  const until =
    expiresIn < SHORTEST_EXPIRY_S ? at.until : io.now().getTime() + (expiresIn - EXPIRY_MARGIN_S) * 1000;
  const info = said.processing_info;
  if (info?.state === 'failed') return { state: 'failed', problem: unprocessed(kind) };
  if (info && info.state !== 'succeeded')
    return {
      state: 'processing',
      progress: { ...at, phase: 'processing', until },
      percent: info.progress_percent ?? null,
      checkAfterSeconds: Math.min(60, Math.max(1, info.check_after_secs ?? 5)),
    };
  if (alt && kind !== 'video')
    return { state: 'uploading', progress: { ...at, phase: 'description', until }, sent: bytes };
  return { state: 'ready', remoteId: at.id, expiresAt: until === null ? null : new Date(until) };
}

async function describe(io: ConnectorIo, { kind, alt }: UploadInput, at: Progress): Promise<UploadOutput> {
  try {
    await describeUpload(io, { json: { id: at.id, metadata: { alt_text: { text: alt } } } });
  } catch (error) {
    if (!isBadRequest(error)) throw error;
    // The file is uploaded; only its description is rejected.
    return { state: 'failed', problem: fact('platforms.x.problems.description', { kind }) };
  }
  return { state: 'ready', remoteId: at.id, expiresAt: at.until === null ? null : new Date(at.until) };
}
