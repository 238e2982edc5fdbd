import { z } from 'zod';
import type { ConnectorIo } from '../kit/connector';
import { isConnectorFault, type MediaKind, type UploadInput, type UploadOutput } from '../kit/types';
import { described, initialized, uploaded } from './wire';

/** A segment of an upload. X takes up to 5 MB, and at most 1,000 of them. */
const SEGMENT = 2 * 1024 * 1024;
const CATEGORY: Record<MediaKind, string> = {
  picture: 'tweet_image',
  gif: 'tweet_gif',
  video: 'tweet_video',
};
const WORDS: Record<MediaKind, string> = {
  picture: 'X could not read this picture. Save it again as a JPEG or PNG and add the new file.',
  gif: 'X could not process this GIF. Save it again, or as an MP4, and add the new file.',
  video: 'X could not process this video. Save it as an MP4 (H.264 with AAC sound) and add the new file.',
};
/** Kept a little shorter than X says, so that nothing is posted with what is about to go. */
const EXPIRY_MARGIN_S = 600;

const progress = z.object({
  id: z.string(),
  sent: z.number().int(),
  phase: z.enum(['segments', 'processing', 'description']),
  /** When X forgets it, in milliseconds since 1970. */
  until: z.number().nullable(),
});
type Progress = z.output<typeof progress>;

/**
 * One step: the beginning, a segment, the end, a look at the processing, or the description. A segment that is sent twice takes the
 * same place twice; a beginning that is repeated leaves an upload behind that nobody uses and that X forgets.
 * https://docs.x.com/x-api/media/quickstart/media-upload-chunked
 */
export async function uploadStep(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  const at = progress.safeParse(input.progress).data;
  if (!at) return begin(io, input);
  try {
    if (at.phase === 'segments')
      return await (at.sent < input.bytes ? append(io, input, at) : finish(io, input, at));
    return await (at.phase === 'processing' ? look(io, input, at) : describe(io, input, at));
  } catch (error) {
    if (!isConnectorFault(error) || error.kind !== 'rejected') throw error;
    // X forgot it, or takes no more for it: a new upload is the way on. One that it refuses by itself fails at its beginning.
    if (error.options.status === 400 || error.options.status === 404) return { state: 'again' };
    throw error;
  }
}

async function begin(io: ConnectorIo, { kind, mime, bytes }: UploadInput): Promise<UploadOutput> {
  const { body } = await io.request(
    {
      operation: 'initializeMediaUpload',
      method: 'POST',
      path: '/2/media/upload/initialize',
      json: { media_type: mime, media_category: CATEGORY[kind], total_bytes: bytes },
      effect: 'idempotent',
    },
    initialized,
  );
  const next: Progress = { id: body.data.id, sent: 0, phase: 'segments', until: null };
  return { state: 'uploading', progress: next, sent: 0 };
}

async function append(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const bytes = await input.read(at.sent, Math.min(SEGMENT, input.bytes - at.sent));
  await io.request(
    {
      operation: 'appendMediaUpload',
      method: 'POST',
      path: `/2/media/upload/${encodeURIComponent(at.id)}/append`,
      multipart: {
        segment_index: at.sent / SEGMENT,
        media: { name: 'segment', mime: 'application/octet-stream', bytes },
      },
      effect: 'idempotent',
      timeoutMs: 45_000,
    },
    z.unknown(),
  );
  const sent = at.sent + bytes.byteLength;
  return { state: 'uploading', progress: { ...at, sent }, sent };
}

async function finish(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const { body } = await io.request(
    {
      operation: 'finalizeMediaUpload',
      method: 'POST',
      path: `/2/media/upload/${encodeURIComponent(at.id)}/finalize`,
      effect: 'idempotent',
    },
    uploaded,
  );
  return afterAnswer(io, input, at, body.data);
}

async function look(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const { body } = await io.request(
    {
      operation: 'getMediaUploadStatus',
      method: 'GET',
      path: '/2/media/upload',
      query: { media_id: at.id, command: 'STATUS' },
      effect: 'read',
    },
    uploaded,
  );
  return afterAnswer(io, input, at, body.data);
}

function afterAnswer(
  io: ConnectorIo,
  { kind, bytes, alt }: UploadInput,
  at: Progress,
  said: z.output<typeof uploaded>['data'],
): UploadOutput {
  const until =
    said.expires_after_secs === undefined
      ? at.until
      : io.now().getTime() + Math.max(0, said.expires_after_secs - EXPIRY_MARGIN_S) * 1000;
  const info = said.processing_info;
  if (info?.state === 'failed') return { state: 'failed', message: WORDS[kind] };
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

async function describe(io: ConnectorIo, { alt }: UploadInput, at: Progress): Promise<UploadOutput> {
  await io.request(
    {
      operation: 'createMediaMetadata',
      method: 'POST',
      path: '/2/media/metadata',
      json: { id: at.id, metadata: { alt_text: { text: alt } } },
      effect: 'idempotent',
    },
    described,
  );
  return { state: 'ready', remoteId: at.id, expiresAt: at.until === null ? null : new Date(at.until) };
}
