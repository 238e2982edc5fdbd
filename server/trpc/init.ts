import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { isDatabaseUnreachable, markDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import { type AppError, type ErrorCode, isAppError, type ResponseCode } from '@/server/foundation/errors';
import { fact, formatFields, inEnglish, isFact, type Words } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';
import type { Services, Viewer } from '@/server/verbs/context';
import { UnexpectedOutput } from '@/server/verbs/unexpected-output';

export type { Viewer };

export interface TrpcContext extends Services {
  viewer: Viewer | null;
  /** Turns facts into text in the reader's language. */
  words: Words;
}

/** Also decides the status of the routes that do not use tRPC (app/api/answer.ts). */
const CODES: Record<ErrorCode, TRPCError['code']> = {
  not_found: 'NOT_FOUND',
  forbidden: 'FORBIDDEN',
  unauthenticated: 'UNAUTHORIZED',
  invalid: 'BAD_REQUEST',
  conflict: 'CONFLICT',
  limit_reached: 'FORBIDDEN',
  rate_limited: 'TOO_MANY_REQUESTS',
  platform_failed: 'BAD_GATEWAY',
  unavailable: 'SERVICE_UNAVAILABLE',
};

const t = initTRPC.context<TrpcContext>().create({
  transformer: superjson,
  errorFormatter({ shape, error, ctx }) {
    const cause = error.cause;
    const say = ctx?.words.say ?? inEnglish;
    if (isAppError(cause)) {
      return {
        ...shape,
        // Without a context, `createTrpcContext` has already set the message in the reader's language.
        message: ctx ? say(cause.fact) : error.message,
        data: {
          ...shape.data,
          stack: undefined,
          appCode: cause.code as ResponseCode,
          fact: isFact(cause.fact) ? cause.fact : undefined,
          fields: formatFields(say, cause.fields),
          details: cause.details,
        },
      };
    }
    if (error.code !== 'INTERNAL_SERVER_ERROR')
      return { ...shape, data: { ...shape.data, stack: undefined } };
    // Internal errors are not disclosed; the user gets a reference to quote.
    const reference = newId('event').slice(-8);
    log().error({ err: error.cause ?? error, reference }, 'request failed');
    return {
      ...shape,
      message: say(fact('errors.internal', { reference })),
      data: { ...shape.data, stack: undefined, appCode: 'internal' as ResponseCode },
    };
  },
});

/** The only mapping from domain errors to API errors. Returns null for an internal error. */
export function knownError(error: unknown): TRPCError | null {
  const cause = refusalOf(error);
  if (!cause) return null;
  const made = refusal(cause);
  // Marked so that a page that made the call can report the outage, too: of an error that it throws, only the digest reaches the browser.
  return isDatabaseUnreachable(cause) ? markDatabaseUnreachable(made) : made;
}

/** Converts a domain error to an API error. */
export const refusal = (cause: AppError): TRPCError =>
  new TRPCError({ code: CODES[cause.code], message: cause.message, cause });

const errors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const { error } = result;
  // Output in the wrong shape is an internal error, whatever its schema reports.
  if (error.code !== 'INTERNAL_SERVER_ERROR' || error.cause instanceof UnexpectedOutput) return result;
  const known = knownError(error.cause);
  if (known) throw known;
  return result;
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;
/** For everyone, signed in or not. */
export const publicProcedure = t.procedure.use(errors);
