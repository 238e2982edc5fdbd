import { withOutageResponse } from '@/app/api/outage-answer';
import { readMedia } from '@/server/domains/files/read-media';
import { notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { refuse, refuseError } from '../../answer';

export const dynamic = 'force-dynamic';

/**
 * Serves a picture, GIF or video of the viewer's workspace for display in a page: whole, or the part that `Range` requests. `?size=small`
 * returns a small still picture of it.
 */
export const GET = withOutageResponse(
  async (request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> => {
    const viewer = await getViewer();
    if (!viewer) return refuse(request, 401, fact('errors.signIn'));
    try {
      const named = readMedia.input.safeParse({
        ...(await params),
        size: new URL(request.url).searchParams.get('size') === 'small' ? 'small' : 'whole',
        range: request.headers.get('range'),
      });
      // A malformed id matches no file.
      if (!named.success) throw notFound('file');
      const { mime, bytes, part, content } = await readMedia(await ctxForViewer(viewer), named.data);
      if (!content)
        return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${bytes}` } });
      return new Response(content as ReadableStream<Uint8Array<ArrayBuffer>>, {
        status: part ? 206 : 200,
        headers: {
          'Content-Type': mime,
          'Content-Disposition': 'inline',
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "default-src 'none'; sandbox",
          'Accept-Ranges': 'bytes',
          // A file's content never changes, and its URL is only requested by its own workspace.
          'Cache-Control': 'private, max-age=86400, immutable',
          Vary: 'Cookie',
          'Content-Length': String(part ? part.last - part.from + 1 : bytes),
          ...(part ? { 'Content-Range': `bytes ${part.from}-${part.last}/${bytes}` } : {}),
        },
      });
    } catch (error) {
      return refuseError(request, error);
    }
  },
);
