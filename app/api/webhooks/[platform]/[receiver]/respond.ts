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

/** Requests of one network that may be wrong within a minute. A platform's own are never wrong. */
const wrong = new AttemptLimit(120, 60_000);

/** The answer to everything that a platform did not send, whatever is wrong about it. */
const nothing = (): Response =>
  Response.json({ error: 'not found' }, { status: 404, headers: { 'Cache-Control': 'no-store' } });

const later = (seconds: number): Response =>
  Response.json(
    { error: 'try again' },
    { status: 429, headers: { 'Retry-After': String(seconds), 'Cache-Control': 'no-store' } },
  );

/**
 * Responds to a webhook of a platform: 200 once it is stored, or was before; 404 if it does not prove that the platform sent it; 413 to a
 * body that is too large, before anything is looked up; and 429 to a network with many wrong requests, and to have the platform send it again.
 */
export async function receive(deps: Services, request: Request, place: Place): Promise<Response> {
  const { ip } = clientOf(request.headers);
  const wait = wrong.wait(ip, deps.clock.now());
  if (wait > 0) return later(wait);
  const body = await readBytes(request, LARGEST_WEBHOOK).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) return null;
    throw error;
  });
  if (body === null) return tooLargeResponse(wordsFor(request));
  const headers = Object.fromEntries(request.headers);
  const outcome = await receiveWebhook(deps, { ...place, body, headers });
  if (outcome === 'unknown') {
    wrong.fail(ip, deps.clock.now());
    return nothing();
  }
  if (outcome === 'full') return later(60);
  return Response.json({ ok: true }, { headers: { 'Cache-Control': 'no-store' } });
}

/** Responds to a platform that asks whether an address is ours, before it sends anything there. */
export async function confirm(deps: Services, request: Request, place: Place): Promise<Response> {
  const { ip } = clientOf(request.headers);
  const wait = wrong.wait(ip, deps.clock.now());
  if (wait > 0) return later(wait);
  const answer = await confirmAddress(deps, { ...place, query: new URL(request.url).searchParams });
  if (answer === null) {
    wrong.fail(ip, deps.clock.now());
    return nothing();
  }
  return new Response(answer, {
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    },
  });
}
