import { withOutageResponse } from '@/app/api/outage-answer';
import { wordsFor } from '@/i18n/words';
import { env } from '@/server/foundation/env';
import { largeBodyFor } from '@/server/foundation/http/limits';
import { tooLargeResponse, withCountedBody, withLimitedBody } from '@/server/foundation/http/read-body';
import { abortedResponse, isConnectionDrop } from '@/server/sandbox/connection-drop';
import { sandbox } from '../server';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

/** Serves the sandbox platforms, only where the sandbox is enabled. */
const serve = withOutageResponse(async (request: Request): Promise<Response> => {
  if (!env().sandbox) return new Response('Not found', { status: 404 });
  const handle = await sandbox();
  const large = largeBodyFor(request.method, new URL(request.url).pathname);
  // An operation with a declared large body reads it as a stream, after checking its bearer token.
  const counted = large ? withCountedBody(request, large.bytes) : null;
  const limited = counted?.request ?? (await withLimitedBody(request));
  if (!limited) return tooLargeResponse(wordsFor(request));
  try {
    const answer = await handle(limited);
    return counted?.passed() ? tooLargeResponse(wordsFor(request)) : answer;
  } catch (error) {
    if (isConnectionDrop(error)) return abortedResponse();
    if (counted?.passed()) return tooLargeResponse(wordsFor(request));
    throw error;
  }
});

export {
  serve as DELETE,
  serve as GET,
  serve as HEAD,
  serve as OPTIONS,
  serve as PATCH,
  serve as POST,
  serve as PUT,
};
