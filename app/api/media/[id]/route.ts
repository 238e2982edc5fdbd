import { withOutageAnswer } from '@/app/api/outage-answer';
import { readMedia } from '@/server/domains/files/read-media';
import type { FileRow } from '@/server/domains/files/save-file';
import { readStoredPart } from '@/server/domains/files/store';
import { notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { idInput } from '@/server/foundation/inputs';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { refuse, refuseError } from '../../answer';
import { partAsked } from './range';

export const dynamic = 'force-dynamic';

/** A player asks for parts; none is larger than this. */
const MOST_AT_ONCE = 4 * 1024 * 1024;

/**
 * A picture, GIF or video of the viewer's workspace, to be shown in a page: whole, or the part that `Range` asks for. With
 * `?size=small` a small picture of it that stands still.
 */
export const GET = withOutageAnswer(
  async (request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> => {
    const viewer = await getViewer();
    if (!viewer) return refuse(request, 401, fact('errors.signIn'));
    try {
      // A malformed id matches no file.
      const named = idInput('file').safeParse(await params);
      if (!named.success) throw notFound('file');
      const file = await readMedia({ ctx: await ctxForViewer(viewer), input: named.data });
      const shown = new URL(request.url).searchParams.get('size') === 'small' ? smallOf(file) : file;
      if (!shown) throw notFound('picture');
      const { storageKey, bytes, mime } = shown;
      const headers = {
        'Content-Type': mime,
        'Content-Disposition': 'inline',
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': "default-src 'none'; sandbox",
        'Accept-Ranges': 'bytes',
        // What a file holds never changes, and its address is asked for by its own workspace only.
        'Cache-Control': 'private, max-age=86400, immutable',
        Vary: 'Cookie',
      };
      const asked = partAsked(request.headers.get('range'), bytes);
      if (asked === 'unsatisfiable')
        return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${bytes}` } });
      if (!asked) {
        // What is gone is said so, and not found out in the middle of an answer.
        const first = await readStoredPart(shown, 0, MOST_AT_ONCE);
        return new Response(stream({ storageKey, bytes }, first), {
          headers: { ...headers, 'Content-Length': String(bytes) },
        });
      }
      const { from } = asked;
      const part = await readStoredPart(shown, from, Math.min(asked.last - from + 1, MOST_AT_ONCE));
      return new Response(new Uint8Array(part), {
        status: 206,
        headers: {
          ...headers,
          'Content-Length': String(part.byteLength),
          'Content-Range': `bytes ${from}-${from + part.byteLength - 1}/${bytes}`,
        },
      });
    } catch (error) {
      return refuseError(request, error);
    }
  },
);

/** The small still picture of a file; the file itself when it is a picture without one; null for a video. */
function smallOf(file: FileRow): Pick<FileRow, 'storageKey' | 'bytes' | 'mime'> | null {
  if (file.stillKey !== null && file.stillBytes !== null)
    return { storageKey: file.stillKey, bytes: file.stillBytes, mime: 'image/webp' };
  return file.kind === 'video' ? null : file;
}

function stream(file: { storageKey: string; bytes: number }, first: Buffer): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const part = at === 0 ? first : await readStoredPart(file, at, MOST_AT_ONCE);
      at += part.byteLength;
      if (part.byteLength > 0) controller.enqueue(new Uint8Array(part));
      if (at >= file.bytes) controller.close();
    },
  });
}
