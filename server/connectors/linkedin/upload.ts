import { z } from 'zod';
import { fact } from '@/server/foundation/facts';
import type { ConnectorIo, FilePart, StreamPart } from '../kit/connector';
import type { Headers } from '../kit/limits';
import { requestTimeoutMs } from '../kit/sending';
import { ConnectorFault, failedBy, GONE, type UploadInput, type UploadOutput } from '../kit/types';
import { isBadRequest } from '../kit/upload-steps';
import { anything } from '../kit/wire';
import { linkedinManifest } from './manifest';
import { beginDocument, beginImage, beginVideo, finishVideo, getDocument, getVideo } from './wire';

const CHECK_AFTER_S = 5;
const PIECE = 1024 * 1024;
const ACTION = 'initializeUpload';

const progress = z.object({
  urn: z.string(),
  phase: z.enum(['parts', 'finish', 'processing']),
  /** Where each part goes, below the address for uploads, and the range of its bytes. `to` is exclusive. */
  parts: z.array(z.object({ path: z.string(), from: z.number(), to: z.number() })),
  token: z.string(),
  /** What LinkedIn called the parts that it has. */
  tags: z.array(z.string()),
});
type Progress = z.output<typeof progress>;

/**
 * Announces a file, sends it to the address that LinkedIn names, a video in parts, and waits for the processing. Each step may be repeated: a
 * part overwrites itself, and what was announced twice is left unused.
 */
export async function uploadStep(io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  const at = progress.safeParse(input.progress).data;
  if (!at) return uploading(await begin(io, input), 0);
  try {
    if (at.phase === 'parts') return await sendPart(io, input, at);
    if (at.phase === 'finish') {
      const { urn: video, token: uploadToken, tags: uploadedPartIds } = at;
      await finishVideo(io, {
        query: { action: 'finalizeUpload' },
        json: { finalizeUploadRequest: { video, uploadToken, uploadedPartIds } },
      });
      return waiting(at);
    }
    return await look(io, input, at);
  } catch (error) {
    if (isBadRequest(error) || failedBy(error, GONE)) return { state: 'again' };
    throw error;
  }
}

async function begin(io: ConnectorIo, { kind, bytes }: UploadInput): Promise<Progress> {
  const owner = io.account.remoteId;
  const query = { action: ACTION };
  if (kind === 'video') {
    const json = {
      initializeUploadRequest: { owner, fileSizeBytes: bytes, uploadCaptions: false, uploadThumbnail: false },
    };
    const { value } = await beginVideo(io, { query, json });
    const parts = value.uploadInstructions.map(({ uploadUrl, firstByte, lastByte }) => ({
      path: pathOf(io, uploadUrl),
      from: firstByte,
      to: lastByte + 1,
    }));
    if (!isWhole(parts, bytes)) throw nonsense();
    return { urn: value.video, phase: 'parts', parts, token: value.uploadToken, tags: [] };
  }
  const json = { initializeUploadRequest: { owner } };
  const { urn, uploadUrl } = await (kind === 'document' ? beginDocument : beginImage)(io, { query, json });
  return {
    urn,
    phase: 'parts',
    parts: [{ path: pathOf(io, uploadUrl), from: 0, to: bytes }],
    token: '',
    tags: [],
  };
}

/** Whether the parts are the file, without gaps, in order. */
const isWhole = (parts: Progress['parts'], bytes: number): boolean =>
  parts.every(({ from, to }, i) => from === (parts[i - 1]?.to ?? 0) && to > from) &&
  parts.at(-1)?.to === bytes;

const nonsense = () =>
  new ConnectorFault('transient', fact('connectors.errors.nonsense', { platform: linkedinManifest.name }));

/** Returns an address for an upload as a path. Refuses one elsewhere, because the account's token is sent with the file. */
function pathOf(io: ConnectorIo, address: string): string {
  if (!address.startsWith(`${io.web}/dms-uploads/`)) throw nonsense();
  return address.slice(io.web.length);
}

async function sendPart(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const part = at.parts[at.tags.length];
  if (!part) throw nonsense();
  const headers = await put(io, part.path, fileOf(input, part.from, part.to));
  const tags = [...at.tags, (headers.etag ?? '').replaceAll('"', '')];
  if (input.kind === 'video') {
    if (tags.at(-1) === '') throw nonsense();
    const phase = tags.length === at.parts.length ? 'finish' : 'parts';
    return uploading({ ...at, phase, tags }, part.to);
  }
  if (input.kind === 'document') return waiting({ ...at, tags });
  return { state: 'ready', remoteId: at.urn, expiresAt: null };
}

async function put(io: ConnectorIo, path: string, file: FilePart | StreamPart): Promise<Headers> {
  const size = 'open' in file ? file.bytes : file.bytes.byteLength;
  const answer = await io.request(
    {
      operation: 'putFile',
      method: 'PUT',
      host: 'uploads',
      path,
      file,
      effect: 'idempotent',
      timeoutMs: requestTimeoutMs(size),
    },
    anything,
  );
  return answer.headers;
}

/** Returns a part of the file, which is read piece by piece while it is sent. */
function fileOf({ name, mime, read }: UploadInput, from: number, to: number): StreamPart {
  return {
    name,
    mime: mime || 'application/octet-stream',
    bytes: to - from,
    open() {
      let at = from;
      return new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            const piece = await read(at, Math.min(PIECE, to - at));
            at += piece.byteLength;
            if (piece.byteLength > 0) controller.enqueue(piece);
            if (piece.byteLength === 0 || at >= to) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    },
  };
}

async function look(io: ConnectorIo, input: UploadInput, at: Progress): Promise<UploadOutput> {
  const path = { urn: at.urn };
  const { status } = await (input.kind === 'document' ? getDocument : getVideo)(io, { path });
  if (status === 'AVAILABLE') return { state: 'ready', remoteId: at.urn, expiresAt: null };
  if (status === 'PROCESSING_FAILED')
    return {
      state: 'failed',
      problem: fact('platforms.linkedin.problems.notProcessed', { kind: input.kind }),
    };
  return status === 'WAITING_UPLOAD' ? { state: 'again' } : waiting(at);
}

const uploading = (at: Progress, sent: number): UploadOutput => ({ state: 'uploading', progress: at, sent });
const waiting = (at: Progress): UploadOutput => ({
  state: 'processing',
  progress: { ...at, phase: 'processing', parts: [], tags: [] },
  percent: null,
  checkAfterSeconds: CHECK_AFTER_S,
});
