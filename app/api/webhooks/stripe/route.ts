import { withOutageResponse } from '@/app/api/outage-answer';
import { wordsFor } from '@/i18n/words';
import { services } from '@/inngest/services';
import { handleStripeWebhook } from '@/server/domains/billing/handle-stripe-webhook';
import { isDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import { isAppError } from '@/server/foundation/errors';
import { readLimited, tooLargeResponse } from '@/server/foundation/http/read-body';
import { log } from '@/server/foundation/log';

export const dynamic = 'force-dynamic';
const LARGEST = 512 * 1024;

/**
 * Receives Stripe's webhooks. Responds with 200 to handled, repeated and ignored events, with 400 to a forged one, and with 500 or 503 to
 * have Stripe deliver the event again.
 */
export const POST = withOutageResponse(async (request: Request): Promise<Response> => {
  const signature = request.headers.get('stripe-signature');
  if (!signature) return Response.json({ error: 'refused' }, { status: 400 });
  const body = await readLimited(request, LARGEST);
  if (body === null) return tooLargeResponse(wordsFor(request));
  try {
    const outcome = await handleStripeWebhook(await services(), body, signature);
    return Response.json({ outcome }, { status: outcome === 'forged' ? 400 : 200 });
  } catch (error) {
    // Without payments set up, no signature can be valid.
    if (isAppError(error) && error.code === 'unavailable')
      return Response.json({ error: 'refused' }, { status: 400 });
    if (isDatabaseUnreachable(error)) throw error;
    log().error({ err: error }, 'a stripe webhook could not be processed');
    return Response.json({ error: 'try again' }, { status: 500 });
  }
});
