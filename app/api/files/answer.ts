import { RETRY_AFTER_S } from '@/server/foundation/database-away';
import type { ErrorCode } from '@/server/foundation/errors';
import { described, fieldsIn } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';
import { isSenderGone, logSenderFault } from '@/server/foundation/sender-faults';

const STATUS: Record<ErrorCode, number> = {
  not_found: 404,
  forbidden: 403,
  unauthenticated: 401,
  invalid: 400,
  conflict: 409,
  limit_reached: 412,
  rate_limited: 429,
  platform_failed: 502,
  unavailable: 503,
};

/** A refusal as JSON, never kept by anything on the way. */
export function refuse(status: number, message: string, fields: Record<string, string> = {}): Response {
  return Response.json({ message, fields }, { status, headers: { 'Cache-Control': 'private, no-store' } });
}

/** What went wrong, in words. What went wrong inside stays inside; the person gets a number to quote. */
export function refuseError(error: unknown): Response {
  const known = refusalOf(error);
  if (known) {
    const answer = refuse(STATUS[known.code] ?? 500, known.message, fieldsIn(described, known.fields));
    if (answer.status === 503) answer.headers.set('Retry-After', String(RETRY_AFTER_S));
    return answer;
  }
  if (isSenderGone(error)) {
    logSenderFault('an upload that broke off');
    return refuse(400, 'The upload stopped half way. Check your connection and upload it again.');
  }
  const reference = newId('event').slice(-8);
  log().error({ err: error, reference }, 'request failed');
  return refuse(500, `Something went wrong on our side. Reference ${reference}.`);
}
