import { wordsFor } from '@/i18n/words';
import { clientOf } from '@/server/domains/accounts/client-of';
import { confirmAddress, receiveWebhook } from '@/server/domains/webhooks/receive-webhook';
import { AttemptLimit } from '@/server/foundation/http/attempt-limit';
import { BodyTooLarge, readBytes, tooLargeResponse } from '@/server/foundation/http/read-body';
import type { Services } from '@/server/verbs/context';

/** Largest body, in bytes. Meta bundles up to 1,000 changes, and a message of Telegram's has at most 4,096 characters. */
export const LARGEST_WEBHOOK = 256 * 1024;

/** The parts of an address. */
export interface Place {
  platform: string;
  receiver: string;
}

/**
 * Wrong requests of one network that are answered as such within a minute. Proven ones are never refused, because wrong ones may come from
 * the same network: from a platform that reports to an address that is no more, or that somebody else chose, or through a proxy.
 */
const wrong = new AttemptLimit(120, 60_000);

/** The answer to everything that a platform did not send, whatever is wrong about it. */
const nothing = (): Response =>
  Response.json({ error: 'not found' }, { status: 404, headers: { 'Cache-Control': 'no-store' } });

const later = (seconds: number): Response =>
  Response.json(
    { error: 'try again' },
    { status: 429, headers: { 'Retry-After': String(seconds), 'Cache-Control': 'no-store' } },
  );

/** The answer to a request that proves nothing. */
function refuse(deps: Services, request: Request): Response {
  const { ip } = clientOf(request.headers);
  const now = deps.clock.now();
  const wait = wrong.wait(ip, now);
  if (wait > 0) return later(wait);
  wrong.fail(ip, now);
  return nothing();
}

/**
 * Responds to a webhook of a platform: 200 once it is stored, or was before; 404 if it does not prove that the platform sent it, or 429 to a
 * network with many such requests; 413 to a body that is too large, before anything is looked up; and 429 to have the platform send it again.
 */
export async function receive(deps: Services, request: Request, place: Place): Promise<Response> {
  const body = await readBytes(request, LARGEST_WEBHOOK).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) return null;
    throw error;
  });
  if (body === null) return tooLargeResponse(wordsFor(request));
  const headers = Object.fromEntries(request.headers);
  const outcome = await receiveWebhook(deps, { ...place, body, headers });
  if (outcome === 'unknown') return refuse(deps, request);
  if (outcome === 'full') return later(60);
  return Response.json({ ok: true }, { headers: { 'Cache-Control': 'no-store' } });
}

/** Responds to a platform that asks whether an address is ours, before it sends anything there. */
export async function confirm(deps: Services, request: Request, place: Place): Promise<Response> {
  const answer = await confirmAddress(deps, { ...place, query: new URL(request.url).searchParams });
  if (answer === null) return refuse(deps, request);
  return new Response(answer, {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    },
  });
}
