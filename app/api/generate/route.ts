import { z } from 'zod';
import { eventStream } from '@/server/domains/generation/event-stream';
import { generateVariants } from '@/server/domains/generation/generate-variants';
import { providersFrom } from '@/server/domains/generation/providers';
import { type GenerationEvent, generateInput } from '@/server/domains/generation/schemas';
import { env } from '@/server/foundation/env';
import { type ErrorCode, problemsByField } from '@/server/foundation/errors';
import { described, fieldsIn } from '@/server/foundation/facts';
import { readLimited } from '@/server/foundation/http/read-body';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { withOutageAnswer } from '@/server/foundation/outage-answer';
import { refusalOf } from '@/server/foundation/refusal';
import { ctxForViewer, getViewer } from '@/server/trpc/context';
import { isSameOrigin } from '@/server/trpc/same-origin';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

const MAX_BODY = 64 * 1024;
const STATUS: Partial<Record<ErrorCode, number>> = {
  not_found: 404,
  forbidden: 403,
  unauthenticated: 401,
  invalid: 400,
  conflict: 409,
  limit_reached: 412,
  rate_limited: 429,
  unavailable: 503,
};

function refuse(
  status: number,
  code: string,
  message: string,
  fields: Record<string, string> = {},
): Response {
  return Response.json(
    { code, message, fields },
    { status, headers: { 'Cache-Control': 'private, no-store' } },
  );
}

/** Writes variants and streams how it goes: one JSON event a line. A refusal is an ordinary JSON answer with its status. */
export const POST = withOutageAnswer(async (request: Request): Promise<Response> => {
  if (!isSameOrigin(request))
    return refuse(403, 'forbidden', 'This request did not come from our own pages.');
  const viewer = await getViewer();
  if (!viewer) return refuse(401, 'unauthenticated', 'Please sign in.');
  const body = await readLimited(request, MAX_BODY);
  if (body === null) return refuse(413, 'invalid', 'This is too much at once. Send less.');
  const leave = new AbortController();
  try {
    const input = generateInput.parse(JSON.parse(body));
    const events: AsyncGenerator<GenerationEvent> = await generateVariants({
      ctx: await ctxForViewer(viewer),
      input,
      providers: providersFrom(env()),
      signal: AbortSignal.any([request.signal, leave.signal]),
    });
    return new Response(
      eventStream(events, () => leave.abort(new Error('The reader left'))),
      {
        headers: {
          'Content-Type': 'application/x-ndjson; charset=utf-8',
          'Cache-Control': 'private, no-store, no-transform',
          'X-Accel-Buffering': 'no',
        },
      },
    );
  } catch (error) {
    if (error instanceof z.ZodError)
      return refuse(
        400,
        'invalid',
        // What is wrong with the whole is no field's, and no person's form sends it.
        error.issues[0]?.path.length ? error.issues[0].message : 'This request could not be read.',
        fieldsIn(described, problemsByField(error)),
      );
    if (error instanceof SyntaxError) return refuse(400, 'invalid', 'This request could not be read.');
    const known = refusalOf(error);
    if (known)
      return refuse(STATUS[known.code] ?? 500, known.code, known.message, fieldsIn(described, known.fields));
    const reference = newId('event').slice(-8);
    log().error({ err: error, reference }, 'drafts could not be written');
    return refuse(500, 'unavailable', `Something went wrong on our side. Reference ${reference}.`);
  }
});
