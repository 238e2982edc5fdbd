import { serve } from 'inngest/edge';
import { wordsFor } from '@/i18n/words';
import { env } from '@/server/foundation/env';
import { DEFAULT_LIMIT, INNGEST_CALL_BYTES } from '@/server/foundation/http/limits';
import { tooLargeResponse, withLimitedBody } from '@/server/foundation/http/read-body';
import { inngest } from './client';
import { functions } from './functions';

let cached: ((request: Request) => Promise<Response>) | undefined;

/** Handles Inngest's calls. The embedded runner calls it in process, Inngest through the route. */
export function handleInngest(request: Request): Promise<Response> {
  cached ??= serve({ client: inngest, functions, enableUnauthedSync: env().externalInngest });
  return cached(request);
}

/**
 * Handles calls over HTTP, with a limit on their size. Without an Inngest server, calls from outside are refused because the runner is in
 * this process. With one, a call without a signature cannot come from it and is refused.
 */
export async function handleInngestCall(request: Request): Promise<Response> {
  const { externalInngest, INNGEST_DEV } = env();
  const signed = request.headers.has('x-inngest-signature');
  const expected = request.method === 'GET' || (externalInngest && (signed || request.method === 'PUT'));
  if (!expected && !INNGEST_DEV)
    return Response.json({ error: 'refused' }, { status: 401, headers: { 'Cache-Control': 'no-store' } });
  // The SDK verifies the signature over the whole body before it uses any of it.
  const most = signed && request.method === 'POST' ? INNGEST_CALL_BYTES : DEFAULT_LIMIT.bytes;
  const limited = await withLimitedBody(request, most);
  return limited ? handleInngest(limited) : tooLargeResponse(wordsFor(request));
}
