import { z } from 'zod';
import { withOutageResponse } from '@/app/api/outage-answer';
import { wordsFor } from '@/i18n/words';
import { writeDrafts } from '@/server/domains/generation/write-drafts';
import { isAppError, issueFact } from '@/server/foundation/errors';
import { fact, showFacts } from '@/server/foundation/facts';
import { readLimited } from '@/server/foundation/http/read-body';
import { mapStream } from '@/server/foundation/streams';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';
import { refuse, refuseError } from '../answer';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

const MAX_BODY = 64 * 1024;

/** Generates variants and streams the progress, one JSON event per line. An error is an ordinary JSON response with its status. */
export const POST = withOutageResponse(async (request: Request): Promise<Response> => {
  if (!isSameOrigin(request)) return refuse(request, 403, fact('errors.otherSite'), { code: 'forbidden' });
  const viewer = await getViewer();
  if (!viewer) return refuse(request, 401, fact('errors.signIn'), { code: 'unauthenticated' });
  const body = await readLimited(request, MAX_BODY);
  if (body === null) return refuse(request, 413, fact('errors.tooMuch'), { code: 'invalid' });
  const words = wordsFor(request);
  const encoder = new TextEncoder();
  try {
    const input = JSON.parse(body);
    const events = await writeDrafts(await ctxForViewer(viewer), input);
    return new Response(
      mapStream(
        events,
        (event) => encoder.encode(`${JSON.stringify(showFacts(event, words))}\n`),
        request.signal,
      ),
      {
        headers: {
          'Content-Type': 'application/x-ndjson; charset=utf-8',
          'Cache-Control': 'private, no-store, no-transform',
          'X-Accel-Buffering': 'no',
        },
      },
    );
  } catch (error) {
    const unreadable = () => refuse(request, 400, fact('errors.unreadable'), { code: 'invalid' });
    if (error instanceof SyntaxError) return unreadable();
    if (!isAppError(error) || !(error.cause instanceof z.ZodError)) return refuseError(request, error);
    // An issue with the body as a whole belongs to no field, and no real form sends such a body.
    const [first] = error.cause.issues;
    if (!first?.path.length) return unreadable();
    return refuse(request, 400, issueFact(first), error);
  }
});
