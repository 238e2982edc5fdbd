import type { TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server';
import type { z } from 'zod';
import { AppError } from '@/server/foundation/errors';
import { fact, type Shown, showFacts } from '@/server/foundation/facts';
import { type Ctx, type InstallationCtx, memberCtx } from '@/server/verbs/context';
import type { Access, CtxFor, Effect, Verb } from '@/server/verbs/define';
import { publicProcedure, refusal, type TrpcContext, type Viewer } from './init';

type ProcedureOf<V> =
  V extends Verb<infer _A, infer E, infer I, infer O>
    ? E extends 'read'
      ? TRPCQueryProcedure<{ input: z.input<I>; output: Shown<z.output<O>>; meta: unknown }>
      : TRPCMutationProcedure<{ input: z.input<I>; output: Shown<z.output<O>>; meta: unknown }>
    : never;
export type ProceduresOf<G> = { [N in keyof G]: ProcedureOf<G[N]> };

/** For signed-in users, with or without a workspace. */
const personProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.viewer) throw refusal(new AppError('unauthenticated', fact('errors.signIn')));
  return next({ ctx: { ...ctx, viewer: ctx.viewer } });
});

/** The access levels of the verbs that tRPC offers. Verbs for visitors use other adapters, which determine the client. */
type Offered = Exclude<Access, 'visitor'>;
type Signed = TrpcContext & { viewer: Viewer };

/** Returns the context that a verb gets from a request: the user, or the user as a member of their workspace. */
function ctxOf({ db, clock, events, platforms, viewer }: Signed, access: Offered): Ctx | InstallationCtx {
  const services = { db, clock, events, platforms };
  return access === 'person' || access === 'installation'
    ? { ...services, ...viewer }
    : memberCtx(services, viewer);
}

/** Creates the procedure that exposes a verb. The verb itself checks the permission and parses input and output. */
export function procedureOf<A extends Offered, E extends Effect, I extends z.ZodType, O extends z.ZodType>(
  verb: Verb<A, E, I, O>,
) {
  const procedure = personProcedure.input((input: unknown) => input);
  const call = async ({ ctx, input }: { ctx: Signed; input: unknown }) =>
    showFacts(await verb(ctxOf(ctx, verb.access) as CtxFor<A>, input as z.input<I>), ctx.words);
  return verb.effect === 'read' ? procedure.query(call) : procedure.mutation(call);
}
