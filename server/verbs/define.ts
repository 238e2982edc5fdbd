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
 * Who may call a verb: members with a permission in the workspace, any signed-in user for their own account (`person`), operators of the
 * installation (`installation`), or anyone (`visitor`), because the verb verifies what they present (a password, a code, the token of a
 * link).
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
  /** The name by which adapters call it, such as `posts.create`. */
  readonly verb: string;
  readonly access: A;
  readonly effect: E;
  readonly input: I;
  readonly output: O;
}

/** A read or a write that adapters offer. A call checks the access, parses the input, runs the verb and parses its output. */
export interface Verb<
  A extends Access = Access,
  E extends Effect = Effect,
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> extends Definition<A, E, I, O> {
  (ctx: CtxFor<A>, input: z.input<I>): Promise<z.output<O>>;
  /**
   * Throws what a call would throw if the caller lacks the permission. For adapters that have to read a large body before they know the
   * input.
   */
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
 * Defines a verb once for every adapter. `run` receives the parsed input and is only called for permitted callers. The verb throws AppError
 * (`forbidden` first; `invalid` with the fields if the schema rejects the input) and UnexpectedOutput.
 */
export function defineVerb<A extends Access, E extends Effect, I extends z.ZodType, O extends z.ZodType>({
  run,
  ...definition
}: Definition<A, E, I, O> & {
  readonly run: (ctx: CtxFor<A>, input: z.output<I>) => Promise<z.input<O>>;
}): Verb<A, E, I, O> {
  const mayCall = (ctx: CtxFor<A>) => requireAccess(definition.access, ctx);
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
