import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { wordsFor } from '@/i18n/words';
import { RETRY_AFTER_S } from '@/server/foundation/database-unreachable';
import { type Fact, fact } from '@/server/foundation/facts';
import { isOutsizedJson } from '@/server/foundation/http/json-shape';
import { readLimited } from '@/server/foundation/http/read-body';
import { withTextWork } from '@/server/foundation/text-work';
import { createTrpcContext } from '@/server/trpc/context';
import { appRouter } from '@/server/trpc/root';
import { isSameOrigin } from '@/server/trpc/same-origin';

export const dynamic = 'force-dynamic';

const MAX_BODY = 1024 * 1024;
const MAX_BATCH = 20;
const RETRY_AFTER: [string, string] = ['Retry-After', String(RETRY_AFTER_S)];

const refuse = (request: Request, status: number, reason: Fact) =>
  Response.json({ error: { message: wordsFor(request).say(reason) } }, { status });

async function handler(incoming: Request): Promise<Response> {
  let request = incoming;
  if (incoming.method === 'POST') {
    if (!isSameOrigin(incoming)) return refuse(incoming, 403, fact('errors.otherSite'));
    const body = await readLimited(incoming, MAX_BODY);
    if (body === null) return refuse(incoming, 413, fact('errors.tooMuch'));
    if (isOutsizedJson(Buffer.from(body))) return refuse(incoming, 400, fact('errors.tooMuch'));
    request = new Request(incoming.url, { method: 'POST', headers: incoming.headers, body });
  }
  return withTextWork(() =>
    fetchRequestHandler({
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
    }),
  );
}

export { handler as GET, handler as POST };
