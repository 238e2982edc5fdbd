import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { RETRY_AFTER_S } from '@/server/foundation/database-away';
import { isOutsizedJson } from '@/server/foundation/http/json-shape';
import { readLimited } from '@/server/foundation/http/read-body';
import { createTrpcContext } from '@/server/trpc/context';
import { appRouter } from '@/server/trpc/root';
import { isSameOrigin } from '@/server/trpc/same-origin';

export const dynamic = 'force-dynamic';

const MAX_BODY = 1024 * 1024;
const MAX_BATCH = 20;
const RETRY_AFTER: [string, string] = ['Retry-After', String(RETRY_AFTER_S)];

const refuse = (status: number, message: string) => Response.json({ error: { message } }, { status });

async function handler(incoming: Request): Promise<Response> {
  let request = incoming;
  if (incoming.method === 'POST') {
    if (!isSameOrigin(incoming)) return refuse(403, 'This request did not come from our own pages.');
    const body = await readLimited(incoming, MAX_BODY);
    if (body === null) return refuse(413, 'This is too much at once. Send less.');
    if (isOutsizedJson(Buffer.from(body))) return refuse(400, 'This is too much at once. Send less.');
    request = new Request(incoming.url, { method: 'POST', headers: incoming.headers, body });
  }
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: createTrpcContext,
    maxBatchSize: MAX_BATCH,
    responseMeta: ({ errors }) => ({
      headers: new Headers([
        ['Cache-Control', 'private, no-store'],
        ...(errors.some(({ code }) => code === 'SERVICE_UNAVAILABLE') ? [RETRY_AFTER] : []),
      ]),
    }),
  });
}

export { handler as GET, handler as POST };
