import { and, asc, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { readFingerprints } from '../actions/fingerprint';
import { isKnownAction, kindOf } from '../actions/kinds';
import { listApprovals } from '../approvals/queries';
import { readWork } from './read-work';
import { type Action, todoOutput } from './schemas';

type Row = typeof actions.$inferSelect;
type Reader = Pick<Ctx, 'workspaceId' | 'platforms'>;

/**
 * Converts rows to actions, with the properties of their kinds and the current fingerprint of their publications, in the caller's
 * transaction.
 */
async function toActions(tx: Tx, ctx: Reader, rows: readonly Row[]): Promise<Action[]> {
  const fingerprints = await readFingerprints(tx, ctx.workspaceId, rows);
  const work = await readWork(tx, ctx, rows);
  return rows.map((row) => asAction(row, fingerprints.get(row.id) ?? '', work.get(row.id) ?? null));
}

/** Converts one row to an action. */
export async function toAction(tx: Tx, ctx: Reader, row: Row): Promise<Action> {
  const [action] = await toActions(tx, ctx, [row]);
  if (!action) throw new Error('There is no action');
  return action;
}

function asAction(
  { workspaceId: _, doneBy: __, doneAt: ___, ...action }: Row,
  fingerprint: string,
  work: Action['work'],
): Action {
  const { screen, mustAnswer, address } = kindOf(action);
  return {
    ...action,
    fingerprint,
    work,
    screen,
    dismissible: mustAnswer === null,
    address: address && {
      with: address.with,
      needed: action.choices.some(({ value }) => value === address.neededBeside),
    },
  };
}

/** Lists everything that is waiting for a user: approvals and actions, most urgent first. */
export const listTodo = defineVerb({
  verb: 'todo.list',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: todoOutput,
  run: async (ctx) => {
    const approvals = await listApprovals(ctx, {});
    const shown = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await tx
        .select()
        .from(actions)
        .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.state, 'open'), isKnownAction()))
        .orderBy(sql`${actions.deadlineAt} asc nulls last`, asc(actions.createdAt), asc(actions.id))
        .limit(200);
      return toActions(tx, ctx, rows);
    });
    return { approvals, actions: shown, count: approvals.length + shown.length };
  },
});
