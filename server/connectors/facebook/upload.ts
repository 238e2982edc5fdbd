import { z } from 'zod';
import type { ConnectorIo } from '../kit/connector';
import { isConnectorFault, type UploadInput, type UploadOutput } from '../kit/types';
import { GRAPH } from './manifest';
import { created, started, transferred } from './wire';

/** A photo that no post took is deleted after a day; an upload of a video lasts no longer. */
const KEPT_MS = 23 * 3_600_000;
const CHUNK = 4 * 1024 * 1024;
const NAMES: Record<string, string> = {
  'image/jpeg': 'picture.jpg',
  'image/png': 'picture.png',
  'image/gif': 'picture.gif',
  'video/mp4': 'video.mp4',
};

const progress = z.object({
  session: z.string(),
  video: z.string(),
  sent: z.number().int(),
  /** Until when it is kept, in milliseconds since 1970. */
  until: z.number(),
});
type Progress = z.output<typeof progress>;

/**
 * A photo goes in one request, unpublished, and the post takes it by its id. A video goes in chunks; finishing it is what publishes it,
 * so that is left to `publish`. A GIF goes as a video: as a photo it would stand still.
 * https://developers.facebook.com/docs/graph-api/reference/page/photos, https://developers.facebook.com/docs/video-api/guides/publishing
 */
export async function uploadStep(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  if (input.kind === 'picture') return photo(io, input);
  const at = progress.safeParse(input.progress).data;
  if (!at) return begin(io, input);
  try {
    return await transfer(io, input, at);
  } catch (error) {
    // It forgot the upload, or has another idea of how far it is.
    if (isConnectorFault(error) && error.kind === 'rejected' && error.options.status === 400)
      return { state: 'again' };
    throw error;
  }
}

const edge = (io: ConnectorIo, name: string) =>
  `/${GRAPH}/${encodeURIComponent(io.account.remoteId)}/${name}`;

async function photo(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  const bytes = await input.read(0, input.bytes);
  const { body } = await io.request(
    {
      operation: 'fbPhoto',
      method: 'POST',
      path: edge(io, 'photos'),
      multipart: {
        published: 'false',
        ...(input.alt ? { alt_text_custom: input.alt } : {}),
        source: { name: NAMES[input.mime] ?? 'picture', mime: input.mime, bytes },
      },
      // Nobody sees it: one more that no post takes changes nothing.
      effect: 'idempotent',
      timeoutMs: 45_000,
    },
    created,
  );
  return { state: 'ready', remoteId: body.id, expiresAt: new Date(io.now().getTime() + KEPT_MS) };
}

async function begin(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  const { body } = await io.request(
    {
      operation: 'fbVideo',
      method: 'POST',
      path: edge(io, 'videos'),
      json: { upload_phase: 'start', file_size: input.bytes },
      effect: 'idempotent',
    },
    started,
  );
  const next: Progress = {
    session: body.upload_session_id,
    video: body.video_id,
    sent: 0,
    until: io.now().getTime() + KEPT_MS,
  };
  return { state: 'uploading', progress: next, sent: 0 };
}

async function transfer(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const bytes = await input.read(at.sent, Math.min(CHUNK, input.bytes - at.sent));
  const { body } = await io.request(
    {
      operation: 'fbVideo',
      method: 'POST',
      path: edge(io, 'videos'),
      multipart: {
        upload_phase: 'transfer',
        upload_session_id: at.session,
        start_offset: at.sent,
        video_file_chunk: { name: NAMES[input.mime] ?? 'video', mime: input.mime, bytes },
      },
      effect: 'idempotent',
      timeoutMs: 45_000,
    },
    transferred,
  );
  // It says itself from where on it wants more.
  const sent = Math.min(body.start_offset, input.bytes);
  if (sent < input.bytes) return { state: 'uploading', progress: { ...at, sent }, sent };
  return { state: 'ready', remoteId: videoName(at), expiresAt: new Date(at.until) };
}

/** A video that is there and not published: which one it is, and the upload that is to be finished. */
export const videoName = ({ video, session }: Pick<Progress, 'video' | 'session'>): string =>
  `${video}:${session}`;
export function readVideoName(name: string): { video: string; session: string } {
  const [video = '', session = ''] = name.split(':');
  return { video, session };
}
