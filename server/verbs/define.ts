import { z } from 'zod';
import { AppError, problemsByField } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import {
  type Ctx,
  type InstallationCtx,
  type PersonCtx,
  requirePermission,
  type VisitorCtx,
} from './context';
import { isOperator } from './operators';
import type { Permission } from './permissions';
import { UnexpectedOutput } from './unexpected-output';

/**
 * Who may call a verb: whoever has a permission in the workspace, any signed-in person about themselves (`person`), who operates
 * the installation (`installation`), or anybody, as what they bring (a password, a code, the token of a link) is what counts (`visitor`).
 */
export type Access = Permission | 'person' | 'installation' | 'visitor';
export type CtxFor<A extends Access> = A extends Permission
  ? Ctx
  : A extends 'installation'
    ? InstallationCtx
    : A extends 'visitor'
      ? VisitorCtx
      : PersonCtx;
/** `read` and `check` change nothing and may be repeated; the input of a `check` is too long for a URL. `change` may change something. */
export type Effect = 'read' | 'check' | 'change';

interface Definition<A extends Access, E extends Effect, I extends z.ZodType, O extends z.ZodType> {
  /** `posts.create`: how adapters call it. */
  readonly verb: string;
  readonly permission: A;
  readonly effect: E;
  readonly input: I;
  readonly output: O;
}

/** A write or a read that adapters offer. Calling it checks the permission, parses the input, runs it and parses what it answers. */
export interface Verb<
  A extends Access = Access,
  E extends Effect = Effect,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> extends Definition<A, E, I, O> {
  (ctx: CtxFor<A>, input: z.input<I>): Promise<z.output<O>>;
  /** Throws what a call would throw because of the caller's permissions. For adapters that have to read a large body before they know the input. */
  requireAccess(ctx: CtxFor<A>): void;
}

/** Schema for the input or the output of a verb that has none. */
export const nothing = z.void();

function requireAccess(access: Access, ctx: CtxFor<Access>): void {
  if (access === 'person' || access === 'visitor') return;
  if (access !== 'installation') requirePermission(ctx as Ctx, access);
  else if (!isOperator(ctx as InstallationCtx)) throw new AppError('forbidden', fact('errors.operatorsOnly'));
}

/**
 * Defines a verb once for every adapter. `run` gets the parsed input; it is called for whoever may. The verb throws AppError (`forbidden`
 * first; `invalid` with the fields for an input that its schema refuses) and UnexpectedOutput.
 */
export function defineVerb<A extends Access, E extends Effect, I extends z.ZodType, O extends z.ZodType>({
  run,
  ...definition
}: Definition<A, E, I, O> & {
  readonly run: (ctx: CtxFor<A>, input: z.output<I>) => Promise<z.input<O>>;
}): Verb<A, E, I, O> {
  const mayCall = (ctx: CtxFor<A>) => requireAccess(definition.permission, ctx);
  const verb = async (ctx: CtxFor<A>, input: z.input<I>): Promise<z.output<O>> => {
    mayCall(ctx);
    const asked = definition.input.safeParse(input);
    if (!asked.success)
      throw new AppError('invalid', fact('errors.fields'), {
        fields: problemsByField(asked.error),
        cause: asked.error,
      });
    const answer = await run(ctx, asked.data);
    const parsed = definition.output.safeParse(answer);
    if (!parsed.success) throw new UnexpectedOutput(definition.verb, parsed.error);
    return parsed.data;
  };
  return Object.assign(verb, definition, { requireAccess: mayCall });
}
