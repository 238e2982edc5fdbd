import { serve } from 'inngest/edge';
import { env } from '@/server/foundation/env';
import { tooLargeAnswer, withLimitedBody } from '@/server/foundation/http/read-body';
import { inngest } from './client';
import { functions } from './functions';

let cached: ((request: Request) => Promise<Response>) | undefined;

/** Answers Inngest's calls: Request in, Response out. The embedded runner calls it in process, Inngest through the route. */
export function handleInngest(request: Request): Promise<Response> {
  cached ??= serve({ client: inngest, functions, enableUnauthedSync: env().externalInngest });
  return cached(request);
}

/** The same over HTTP, where the size of a call is counted. */
export async function handleInngestCall(request: Request): Promise<Response> {
  const limited = await withLimitedBody(request);
  return limited ? handleInngest(limited) : tooLargeAnswer();
}
