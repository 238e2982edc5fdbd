import { withOutageResponse } from '@/app/api/outage-answer';
import { isTooLarge } from '@/server/domains/files/limits';
import { uploadMedia } from '@/server/domains/files/upload';
import { fact } from '@/server/foundation/facts';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';
import { refuse, refuseError } from '../answer';
import { chunksOf } from './chunks';

export const dynamic = 'force-dynamic';

/**
 * Receives a picture, GIF or video as the request body, with its name in `?name=`. It is streamed to disk whatever its size. Stops reading
 * beyond 100 MB.
 */
export const POST = withOutageResponse(async (request: Request): Promise<Response> => {
  if (!isSameOrigin(request)) return refuse(request, 403, fact('errors.otherSite'));
  const viewer = await getViewer();
  if (!viewer) return refuse(request, 401, fact('errors.signIn'));
  try {
    const ctx = await ctxForViewer(viewer);
    const file = await uploadMedia(ctx, {
      name: new URL(request.url).searchParams.get('name') ?? '',
      content: chunksOf(request.body),
      announced: lengthOf(request),
    });
    return Response.json(file, { status: 201, headers: { 'Cache-Control': 'private, no-store' } });
  } catch (error) {
    return refuseError(request, error, isTooLarge(error) ? 413 : undefined);
  }
});

/** Returns the declared length of the body in bytes, or undefined if the client does not declare one. */
function lengthOf({ headers }: Request): number | undefined {
  const declared = Number(headers.get('content-length') ?? 'none');
  return Number.isNaN(declared)
    ? undefined
    : Math.min(Math.max(Math.trunc(declared), 0), Number.MAX_SAFE_INTEGER);
}
