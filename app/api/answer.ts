import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { wordsFor } from '@/i18n/words';
import { RETRY_AFTER_S } from '@/server/foundation/database-unreachable';
import type { ResponseCode } from '@/server/foundation/errors';
import { type Fact, fact, formatFields } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';
import { isSenderGone, logSenderFault } from '@/server/foundation/sender-faults';
import { refusal } from '@/server/trpc/init';

type RequestLike = { readonly headers: Pick<Headers, 'get'> };

/** An error as JSON in the client's language. Never cached. */
export function refuse(
  request: RequestLike,
  status: number,
  message: Fact | string,
  {
    code,
    fields = {},
  }: { code?: ResponseCode | undefined; fields?: Record<string, Fact | string> | undefined } = {},
): Response {
  const { say } = wordsFor(request);
  return Response.json(
    { ...(code ? { code } : {}), message: say(message), fact: message, fields: formatFields(say, fields) },
    { status, headers: { 'Cache-Control': 'private, no-store' } },
  );
}

/**
 * An error as a localized message. Internal errors are not disclosed; the user gets a reference number. `status` overrides the status of
 * the error's code.
 */
export function refuseError(request: RequestLike, error: unknown, status?: number): Response {
  const known = refusalOf(error);
  if (known) {
    const answer = refuse(request, status ?? getHTTPStatusCodeFromError(refusal(known)), known.fact, known);
    if (answer.status === 503) answer.headers.set('Retry-After', String(RETRY_AFTER_S));
    return answer;
  }
  if (isSenderGone(error)) {
    logSenderFault('an upload that broke off');
    return refuse(request, 400, fact('errors.uploadBroke'));
  }
  const reference = newId('event').slice(-8);
  log().error({ err: error, reference }, 'request failed');
  return refuse(request, 500, fact('errors.internal', { reference }), { code: 'internal' });
}
