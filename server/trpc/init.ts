import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { ZodError, z } from 'zod';
import type { Ctx, Role, Services } from '@/server/domains/context';
import { requireRole } from '@/server/domains/context';
import { requireOperator } from '@/server/domains/runs/operators';
import { isDatabaseAway, markDatabaseAway } from '@/server/foundation/database-away';
import { type ErrorCode, isAppError, problemsByField } from '@/server/foundation/errors';
import type { IdKind } from '@/server/foundation/id-prefix';
import { newId, type WorkspaceId } from '@/server/foundation/ids';
import { id } from '@/server/foundation/inputs';
import { log } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';

/** A signed-in person, with the workspace they act in (null before they have one). */
export interface Viewer {
  userId: string;
  sessionId: string;
  name: string;
  email: string;
  emailVerified: boolean;
  workspace: { id: WorkspaceId; role: Role } | null;
}
export interface TrpcContext extends Services {
  viewer: Viewer | null;
}

const CODES: Record<ErrorCode, TRPCError['code']> = {
  not_found: 'NOT_FOUND',
  forbidden: 'FORBIDDEN',
  unauthenticated: 'UNAUTHORIZED',
  invalid: 'BAD_REQUEST',
  conflict: 'CONFLICT',
  limit_reached: 'PRECONDITION_FAILED',
  rate_limited: 'TOO_MANY_REQUESTS',
  platform_failed: 'BAD_GATEWAY',
  unavailable: 'SERVICE_UNAVAILABLE',
};

const t = initTRPC.context<TrpcContext>().create({
  transformer: superjson,
  errorFormatter({ shape, error }) {
    const cause = error.cause;
    if (isAppError(cause)) {
      return {
        ...shape,
        message: cause.message,
        data: {
          ...shape.data,
          stack: undefined,
          appCode: cause.code as ErrorCode,
          fields: cause.fields,
          details: cause.details,
        },
      };
    }
    if (cause instanceof ZodError && error.code === 'BAD_REQUEST') {
      return {
        ...shape,
        message: 'Some fields need another look.',
        data: {
          ...shape.data,
          stack: undefined,
          appCode: 'invalid' as ErrorCode,
          fields: problemsByField(cause),
        },
      };
    }
    if (error.code !== 'INTERNAL_SERVER_ERROR')
      return { ...shape, data: { ...shape.data, stack: undefined } };
    // What went wrong inside stays inside; the person gets a number to quote.
    const reference = newId('event').slice(-8);
    log().error({ err: error.cause ?? error, reference }, 'request failed');
    return {
      ...shape,
      message: `Something went wrong on our side. Reference ${reference}.`,
      data: { ...shape.data, stack: undefined },
    };
  },
});

/** The one map from domain errors to the API's. Null for an error of our own. */
export function knownError(error: unknown): TRPCError | null {
  const cause = refusalOf(error);
  if (!cause) return null;
  const made = new TRPCError({ code: CODES[cause.code], message: cause.message, cause });
  // A page that asked shows what happened, too: of what it throws, this alone comes to the browser.
  return isDatabaseAway(cause) ? markDatabaseAway(made) : made;
}

/** What tRPC says of an answer that its own schema refuses. */
const BAD_OUTPUT = 'Output validation failed';

const errors = t.middleware(async ({ next }) => {
  const result = await next();
  if (result.ok) return result;
  const { error } = result;
  // What the input's schema refused is a BAD_REQUEST already; an answer of our own of the wrong shape stays our error.
  if (error.code !== 'INTERNAL_SERVER_ERROR' || error.message === BAD_OUTPUT) return result;
  const known = knownError(error.cause);
  if (known) throw known;
  return result;
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;
/** Anyone, signed in or not. */
export const publicProcedure = t.procedure.use(errors);
/** A signed-in person, with or without a workspace. */
export const personProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.viewer) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Please sign in.' });
  return next({ ctx: { ...ctx, viewer: ctx.viewer } });
});
/** Who operates this installation, whatever their part in a workspace: TRIBUTARY_OPERATORS names them. */
export const operatorProcedure = personProcedure.use(({ ctx, next }) => {
  requireOperator(ctx.viewer);
  return next();
});
/** A member of a workspace with at least `role`. `ctx.verb` is what domain verbs take. */
export const memberProcedure = (role: Role) =>
  personProcedure.use(({ ctx, next }) => {
    if (!ctx.viewer.workspace)
      throw new TRPCError({ code: 'FORBIDDEN', message: 'You are not a member of a workspace yet.' });
    const verb: Ctx = {
      db: ctx.db,
      clock: ctx.clock,
      events: ctx.events,
      platforms: ctx.platforms,
      workspaceId: ctx.viewer.workspace.id,
      role: ctx.viewer.workspace.role,
      actor: { kind: 'user', userId: ctx.viewer.userId, name: ctx.viewer.name },
    };
    requireRole(verb, role, 'do this');
    return next({ ctx: { ...ctx, verb } });
  });

/** The input of a procedure that names one row. */
export const idInput = (kind: IdKind) => z.object({ id: id(kind) });
