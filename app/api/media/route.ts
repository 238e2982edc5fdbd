import { withOutageAnswer } from '@/app/api/outage-answer';
import { saveMedia } from '@/server/domains/files/save-media';
import { isTooLarge, MAX_MEDIA_BYTES, tooLarge } from '@/server/domains/files/store';
import { fact } from '@/server/foundation/facts';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';
import { requirePermission } from '@/server/verbs/context';
import { refuse, refuseError } from '../answer';
import { chunksOf } from './chunks';

export const dynamic = 'force-dynamic';

/**
 * Takes a picture, GIF or video as the body itself, with its name in `?name=`: it is written to the disk as it comes, however large
 * it is. Reading stops as soon as there is more than 100 MB.
 */
export const POST = withOutageAnswer(async (request: Request): Promise<Response> => {
  if (!isSameOrigin(request)) return refuse(request, 403, fact('errors.otherSite'));
  const viewer = await getViewer();
  if (!viewer) return refuse(request, 401, fact('errors.signIn'));
  try {
    const ctx = await ctxForViewer(viewer);
    requirePermission(ctx, 'files.upload');
    if (Number(request.headers.get('content-length') ?? '0') > MAX_MEDIA_BYTES)
      throw tooLarge(MAX_MEDIA_BYTES);
    const name = new URL(request.url).searchParams.get('name') ?? '';
    const file = await saveMedia({ ctx, input: { name, content: chunksOf(request.body) } });
    const { id, name: saved, mime, bytes, kind, width, height, durationMs } = file;
    return Response.json(
      { id, name: saved, mime, bytes, kind, width, height, durationMs },
      { status: 201, headers: { 'Cache-Control': 'private, no-store' } },
    );
  } catch (error) {
    return refuseError(request, error, isTooLarge(error) ? 413 : undefined);
  }
});
