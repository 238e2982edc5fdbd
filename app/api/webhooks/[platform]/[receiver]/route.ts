import { withOutageResponse } from '@/app/api/outage-answer';
import { wordsFor } from '@/i18n/words';
import { services } from '@/inngest/services';
import { confirmAddress, receiveWebhook } from '@/server/domains/webhooks/receive-webhook';
import { BodyTooLarge, readBytes, tooLargeResponse } from '@/server/foundation/http/read-body';

export const dynamic = 'force-dynamic';
const LARGEST = 256 * 1024;

interface Context {
  params: Promise<{ platform: string; receiver: string }>;
}

/** The answer to everything that a platform did not send, whatever is wrong about it. */
const nothing = (): Response =>
  Response.json({ error: 'not found' }, { status: 404, headers: { 'Cache-Control': 'no-store' } });

/**
 * Receives the webhooks of platforms. Responds with 200 once a webhook is stored, or was before, and with 429 or 503 to have the platform
 * send it again.
 */
export const POST = withOutageResponse(async (request: Request, { params }: Context): Promise<Response> => {
  const { platform, receiver } = await params;
  // Before anything is looked up, so that the answer does not depend on it.
  const body = await readBytes(request, LARGEST).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) return null;
    throw error;
  });
  if (body === null) return tooLargeResponse(wordsFor(request));
  const headers = Object.fromEntries(request.headers);
  const outcome = await receiveWebhook(await services(), { platform, receiver, body, headers });
  if (outcome === 'unknown') return nothing();
  if (outcome === 'full')
    return Response.json({ error: 'try again' }, { status: 429, headers: { 'Retry-After': '60' } });
  return Response.json({ ok: true }, { headers: { 'Cache-Control': 'no-store' } });
});

/** Confirms an address that a platform asks about before it sends anything there. */
export const GET = withOutageResponse(async (request: Request, { params }: Context): Promise<Response> => {
  const query = new URL(request.url).searchParams;
  const answer = await confirmAddress(await services(), { ...(await params), query });
  if (answer === null) return nothing();
  return new Response(answer, {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    },
  });
});
