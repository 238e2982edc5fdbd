import { fact } from '@/server/foundation/facts';
import type { ConnectorIo, StreamPart } from '../kit/connector';
import { requestTimeoutMs } from '../kit/sending';
import { isConnectorFault, type UploadInput } from '../kit/types';
import { isBadRequest, type Said, uploadInSteps } from '../kit/upload-steps';
import { UNREADABLE } from './faults';
import { getMedia, uploadMedia } from './wire';

/** Bytes that are read at a time. */
const PIECE = 1024 * 1024;
/** Mastodon discards a file that no post has used for a day: https://docs.joinmastodon.org/methods/statuses/#delete */
const KEPT_S = 86_400;
const CHECK_AFTER_S = 3;
const done: Said = { state: 'done', keptSeconds: KEPT_S };
const working: Said = { state: 'working', checkAfterSeconds: CHECK_AFTER_S, keptSeconds: KEPT_S };

/** Sends a file with its description in one request, and waits until it is processed. A repetition leaves an unused file behind. */
export const uploadStep = uploadInSteps({
  async send(io, input) {
    try {
      const { status, body } = await uploadMedia.answer(io, {
        multipart: { ...(input.alt ? { description: input.alt } : {}), file: streamOf(input) },
        timeoutMs: requestTimeoutMs(input.bytes),
      });
      return { id: body.id, ...(status === 202 ? working : done) };
    } catch (error) {
      if (!isRefused(error)) throw error;
      return { id: '', state: 'failed' };
    }
  },
  async look(io: ConnectorIo, _input, id): Promise<Said> {
    try {
      const { status } = await getMedia.answer(io, { path: { id } });
      return status === 206 ? working : done;
    } catch (error) {
      if (!isRefused(error)) throw error;
      return { state: 'failed' };
    }
  },
  problem: (kind) => fact(`platforms.mastodon.problems.${kind === 'document' ? 'picture' : kind}`),
});

const isRefused = (error: unknown): boolean =>
  isBadRequest(error) || (isConnectorFault(error) && error.options.vendorCode === UNREADABLE);

/** Returns the file as a part that is read while it is sent. */
function streamOf({ name, mime, bytes, read }: UploadInput): StreamPart {
  return {
    name,
    mime,
    bytes,
    open() {
      let at = 0;
      return new ReadableStream({
        async pull(controller) {
          if (at >= bytes) return controller.close();
          const piece = await read(at, Math.min(PIECE, bytes - at));
          at += piece.byteLength;
          controller.enqueue(piece);
        },
      });
    },
  };
}
