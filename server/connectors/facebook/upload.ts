import { z } from 'zod';
import { fact } from '@/server/foundation/facts';
import type { ConnectorIo } from '../kit/connector';
import { requestTimeoutMs } from '../kit/sending';
import {
  type ByteRange,
  ConnectorFault,
  isConnectorFault,
  MEDIA_GONE,
  type UploadInput,
  type UploadOutput,
} from '../kit/types';
import { isUnreadable, unreadable } from './transform';
import { startVideo, transferVideo, uploadPhoto } from './wire';

/**
 * Facebook does not document how long it keeps an unused photo or an unfinished video. After this time, our own margin, the file is
 * uploaded again.
 */
const EXPIRY_MS = 23 * 3_600_000;
/** Maximum bytes of a video per request. Facebook may request less. */
const CHUNK = 4 * 1024 * 1024;
/** How often Facebook may send us back to an earlier offset of the same upload. */
const MAX_RETURNS = 3;
const NAMES: Record<string, string> = {
  'image/jpeg': 'picture.jpg',
  'image/png': 'picture.png',
  'image/gif': 'picture.gif',
  'video/mp4': 'video.mp4',
};

const progress = z.object({
  session: z.string(),
  video: z.string(),
  sent: z.number().int().nonnegative(),
  /** End of the range that Facebook requests next, exclusive. */
  end: z.number().int().positive(),
  /** How often Facebook has sent us back. */
  returns: z.number().int().nonnegative(),
  /** When the upload expires, in milliseconds since 1970. */
  until: z.number(),
});
type Progress = z.output<typeof progress>;

/**
 * Uploads a photo in one request, unpublished; the post refers to it by its id. Uploads a video in chunks, but leaves finishing it to
 * `publish`, because that publishes the video. Uploads a GIF as a video, because it would lose its animation as a photo.
 * https://developers.facebook.com/docs/graph-api/reference/page/photos, https://developers.facebook.com/docs/graph-api/video-uploads
 */
export async function uploadStep(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  try {
    if (input.kind === 'picture') return await photo(io, input);
    const at = progress.safeParse(input.progress).data;
    return await (at ? transfer(io, input, at) : begin(io, input));
  } catch (error) {
    if (!isConnectorFault(error) || error.kind !== 'rejected') throw error;
    if (isUnreadable(error.options.vendorCode)) return { state: 'failed', problem: unreadable(input.kind) };
    // Facebook no longer knows the upload.
    if (error.options.vendorCode === MEDIA_GONE) return { state: 'again' };
    throw error;
  }
}

async function photo(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  const bytes = await input.read(0, input.bytes);
  const { id } = await uploadPhoto(io, {
    path: { id: io.account.remoteId },
    multipart: {
      published: 'false',
      ...(input.alt ? { alt_text_custom: input.alt } : {}),
      source: { name: NAMES[input.mime] ?? 'picture', mime: input.mime, bytes },
    },
    timeoutMs: requestTimeoutMs(bytes.byteLength),
  });
  return { state: 'ready', remoteId: id, expiresAt: new Date(io.now().getTime() + EXPIRY_MS) };
}

async function begin(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  const body = await startVideo(io, {
    path: { id: io.account.remoteId },
    json: { upload_phase: 'start', file_size: input.bytes },
  });
  if (body.start_offset !== 0) throw invalidRangeFault();
  const until = io.now().getTime() + EXPIRY_MS;
  const at = { session: body.upload_session_id, video: body.video_id, returns: 0, until };
  return continueAt(input, at, { start: 0, end: body.end_offset });
}

async function transfer(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const bytes = await input.read(at.sent, Math.min(CHUNK, at.end - at.sent, input.bytes - at.sent));
  try {
    const { start_offset: start, end_offset: end } = await transferVideo(io, {
      path: { id: io.account.remoteId },
      multipart: {
        upload_phase: 'transfer',
        upload_session_id: at.session,
        start_offset: at.sent,
        video_file_chunk: { name: NAMES[input.mime] ?? 'video', mime: input.mime, bytes },
      },
      timeoutMs: requestTimeoutMs(bytes.byteLength),
    });
    // Facebook names the next offset: inside the chunk just sent, or right after it.
    if (start <= at.sent || start > at.sent + bytes.byteLength) throw invalidRangeFault();
    return continueAt(input, at, { start, end });
  } catch (error) {
    const resume = isConnectorFault(error) ? error.options.resume : undefined;
    if (!resume) throw error;
    return resumeAt(input, at, resume);
  }
}

/** Continues at the range that Facebook requests because it has more of the upload than we know (a response was lost) or less. */
function resumeAt(input: UploadInput, at: Progress, wanted: ByteRange): UploadOutput {
  if (wanted.start > at.sent) return continueAt(input, at, wanted);
  // Every return counts as progress, so an endless loop would go unnoticed without this limit.
  if (at.returns >= MAX_RETURNS) return { state: 'again' };
  return continueAt(input, { ...at, returns: at.returns + 1 }, wanted);
}

function continueAt(
  { bytes }: UploadInput,
  at: Omit<Progress, 'sent' | 'end'>,
  { start, end }: ByteRange,
): UploadOutput {
  if (start > bytes || (start < bytes && end <= start)) throw invalidRangeFault();
  if (start === bytes) return { state: 'ready', remoteId: encodeVideoId(at), expiresAt: new Date(at.until) };
  const next: Progress = { ...at, sent: start, end: Math.min(end, bytes) };
  return { state: 'uploading', progress: next, sent: start };
}

const invalidRangeFault = () => new ConnectorFault('transient', fact('platforms.facebook.errors.oddRange'));

/** Combines the ids of an uploaded, unpublished video and of its upload session, which `publish` finishes. */
export const encodeVideoId = ({ video, session }: Pick<Progress, 'video' | 'session'>): string =>
  `${video}:${session}`;
export function decodeVideoId(name: string): { video: string; session: string } {
  const [video = '', session = ''] = name.split(':');
  return { video, session };
}
