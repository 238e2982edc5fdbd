import { serve } from 'inngest/edge';
import { env } from '@/server/foundation/env';
import { inngest } from './client';
import { functions } from './functions';

let cached: ((request: Request) => Promise<Response>) | undefined;

/** Answers Inngest's calls: Request in, Response out. The embedded runner calls it in process, Inngest through the route. */
export function handleInngest(request: Request): Promise<Response> {
  cached ??= serve({ client: inngest, functions, enableUnauthedSync: env().externalInngest });
  return cached(request);
}
