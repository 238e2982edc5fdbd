import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { actions } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { type Ctx, requirePermission } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { isActionKind, kindOf } from '../actions/kinds';
import { ANSWERS } from './answers';
import { toAction } from './queries';
import { actionOutput, completeActionInput } from './schemas';

const address = z.url({ protocol: /^https?$/ });

/** Completes an action with the required answer and carries the answer out. */
export const completeAction = defineVerb({
  verb: 'todo.complete',
  access: 'actions.complete',
  effect: 'change',
  input: completeActionInput,
  output: actionOutput,
  run: async (ctx, { id, answer, permalink, fingerprint }) => {
    const open = await readAction(ctx, id);
    const kind = kindOf(open);
    requirePermission(ctx, kind.permission);
    if (open.state !== 'open')
      throw new AppError('conflict', fact('todo.errors.doneAlready'), { details: { state: open.state } });
    if (!open.choices.some(({ value }) => value === answer)) throw wrongAnswer();
    const told = permalink && kind.address ? addressIn(permalink) : undefined;
    await ANSWERS[kind.name](ctx, open, { answer, permalink: told, fingerprint });
    const done = await readAction(ctx, id);
    return ctx.db.asWorkspace(ctx.workspaceId, (tx) => toAction(tx, ctx, done));
  },
});

async function readAction(ctx: Ctx, id: string): Promise<typeof actions.$inferSelect> {
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(actions)
      .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.id, id))),
  );
  if (!row || !isActionKind(row.kind)) throw notFound('action');
  return row;
}

/** Returns the URL of a post, adding the scheme that users may leave out. Throws `invalid` if it is not a URL. */
function addressIn(permalink: string): string {
  const whole = address.safeParse(permalink.includes('://') ? permalink : `https://${permalink}`);
  if (whole.success) return whole.data;
  const told = fact('todo.errors.postAddress');
  throw new AppError('invalid', told, { fields: { permalink: told } });
}

function wrongAnswer(): AppError {
  const told = fact('todo.errors.choose');
  return new AppError('invalid', told, { fields: { answer: told } });
}
