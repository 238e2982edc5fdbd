import { refuseError } from '@/app/api/answer';
import { withOutageResponse } from '@/app/api/outage-answer';
import { services } from '@/inngest/services';
import { readByAddress } from '@/server/domains/files/read-by-address';

export const dynamic = 'force-dynamic';

/** Longest `Range` header that is read. */
const LONGEST_RANGE = 100;

/**
 * Serves a file of a post to the platform that fetches it: whole, or the part that `Range` requests. The sealed token in the URL is the only
 * authorization; it names one file and ends. Nothing else is accepted or shown, and no session is read.
 */
export const GET = withOutageResponse(
  async (request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> => {
    try {
      const { token } = await params;
      const range = request.headers.get('range');
      const gate = await services();
      const found = await readByAddress(gate, token, range && range.length <= LONGEST_RANGE ? range : null);
      const { mime, bytes, until, part, content } = found;
      if (!content)
        return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${bytes}` } });
      const seconds = Math.max(0, Math.floor((until.getTime() - gate.clock.now().getTime()) / 1000));
      return new Response(content as ReadableStream<Uint8Array<ArrayBuffer>>, {
        status: part ? 206 : 200,
        headers: {
          'Content-Type': mime,
          'Content-Disposition': 'inline',
          'X-Content-Type-Options': 'nosniff',
          'Content-Security-Policy': "default-src 'none'; sandbox",
          'X-Robots-Tag': 'noindex',
          'Referrer-Policy': 'no-referrer',
          'Accept-Ranges': 'bytes',
          // Never longer than the address itself.
          'Cache-Control': `private, max-age=${Math.min(seconds, 3600)}, immutable`,
          'Content-Length': String(part ? part.last - part.from + 1 : bytes),
          ...(part ? { 'Content-Range': `bytes ${part.from}-${part.last}/${bytes}` } : {}),
        },
      });
    } catch (error) {
      return refuseError(request, error);
    }
  },
);
