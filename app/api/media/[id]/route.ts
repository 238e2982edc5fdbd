import { readMedia } from '@/server/domains/files/read-media';
import { readStoredPart } from '@/server/domains/files/store';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { refuse, refuseError } from '../../files/answer';

export const dynamic = 'force-dynamic';

/** A player asks for parts; none is larger than this. */
const MOST_AT_ONCE = 4 * 1024 * 1024;

/** A picture, GIF or video of the viewer's workspace, to be shown in a page: whole, or the part that `Range` asks for. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const viewer = await getViewer();
  if (!viewer) return refuse(401, 'Please sign in.');
  try {
    const { id } = await params;
    const file = await readMedia({ ctx: await ctxForViewer(viewer), input: { id } });
    const headers = {
      'Content-Type': file.mime,
      'Content-Disposition': 'inline',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'Accept-Ranges': 'bytes',
      // What a file holds never changes, and its address is asked for by its own workspace only.
      'Cache-Control': 'private, max-age=86400, immutable',
      Vary: 'Cookie',
    };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '');
    if (!range) {
      // What is gone is said so, and not found out in the middle of an answer.
      const first = await readStoredPart(file, 0, MOST_AT_ONCE);
      return new Response(stream(file, first), {
        headers: { ...headers, 'Content-Length': String(file.bytes) },
      });
    }
    const from = Number(range[1]);
    if (from >= file.bytes)
      return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${file.bytes}` } });
    const last = Math.min(
      range[2] ? Number(range[2]) : file.bytes - 1,
      file.bytes - 1,
      from + MOST_AT_ONCE - 1,
    );
    const part = await readStoredPart(file, from, last - from + 1);
    return new Response(new Uint8Array(part), {
      status: 206,
      headers: {
        ...headers,
        'Content-Length': String(part.byteLength),
        'Content-Range': `bytes ${from}-${from + part.byteLength - 1}/${file.bytes}`,
      },
    });
  } catch (error) {
    return refuseError(error);
  }
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
