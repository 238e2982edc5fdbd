import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { unattributedEntries } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { type NewActivity, recordActivity } from '../activity/record-activity';
import { attribute, setState, takeBack } from './attribution';
import { convertBack } from './convert-orders';
import { readLine, shown } from './list-unattributed';
import { lockOrders, readOrders } from './read-orders';
import { attributeEntryInput, entryOutput, leaveEntryInput, takeBackEntryInput } from './schemas';
import { settleOrders } from './settle-orders';
import { type KeptLine, nameOfKind, updateUnattributedAlert } from './unattributed';

/**
 * Does something with a kept line while it is locked, records that, and returns the line as it is then. The alert about such lines follows:
 * a line that is open again counts as a new one.
 */
const settle = (
  ctx: Ctx,
  id: string,
  work: (tx: Tx, row: KeptLine) => Promise<Pick<NewActivity, 'verb' | 'summary' | 'before'>>,
) =>
  ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const row = await lockLine(tx, ctx, id);
    const done = await work(tx, row);
    const after = await readLine(tx, ctx, row.id);
    await recordActivity(tx, ctx, { subjectType: 'sale', subjectId: row.id, ...done });
    await updateUnattributedAlert(tx, ctx, after.connection, after.row.state === 'open' ? 1 : 0);
    return shown(after.row, after.connection, after.transactionId);
  });

/** Locks a kept line. */
async function lockLine(tx: Tx, ctx: Ctx, id: string): Promise<KeptLine> {
  const [row] = await tx
    .select()
    .from(unattributedEntries)
    .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, id)))
    .for('update');
  if (!row) throw notFound('entry');
  return row;
}

/** Throws `conflict` if a line was settled in the meantime. */
function assertOpen(row: KeptLine): void {
  if (row.state !== 'open') throw new AppError('conflict', fact('sales.errors.entrySettled'));
}

/** Attributes a line to an order, or to what it is if it belongs to none. The platform's balance does not change. */
export const attributeEntry = defineVerb({
  verb: 'sales.attributeEntry',
  access: 'sales.sync',
  effect: 'change',
  input: attributeEntryInput,
  output: entryOutput,
  run: (ctx, input) =>
    settle(ctx, input.id, async (tx, row) => {
      assertOpen(row);
      const order = input.order?.replace(/^#\s*/, '') || null;
      const refuse = (problem: Fact) => new AppError('invalid', problem, { fields: { order: problem } });
      if (!order && (input.as === 'refund' || input.as === 'payment'))
        throw refuse(fact('sales.errors.orderNeeded'));
      if (order && !(await lockOrders(tx, ctx, row.connectionId, [order])))
        throw refuse(fact('sales.errors.noSuchOrder', { order }));
      await attribute(tx, ctx, row.connectionId, [
        { row, meaning: input.as, remoteOrderId: order, by: actorKey(ctx.actor) },
      ]);
      if (order) await settleOrders(tx, ctx, row.connectionId, [order]);
      return {
        verb: 'sale.entry_attributed',
        summary: order
          ? fact('sales.activity.attributedTo', { kind: nameOfKind(row), order })
          : fact('sales.activity.attributed', { kind: nameOfKind(row) }),
      };
    }),
});

/** Leaves a line as it is: it stays booked as unattributed, and nobody is asked about it again. */
export const leaveEntry = defineVerb({
  verb: 'sales.leaveEntry',
  access: 'sales.sync',
  effect: 'change',
  input: leaveEntryInput,
  output: entryOutput,
  run: (ctx, input) =>
    settle(ctx, input.id, async (tx, row) => {
      assertOpen(row);
      await setState(tx, ctx, row, { state: 'understood', by: actorKey(ctx.actor) });
      return {
        verb: 'sale.entry_understood',
        summary: fact('sales.activity.understood', { kind: nameOfKind(row) }),
      };
    }),
});

/** Takes back what a user did with a line: an attribution is reversed in the ledger, and the line is open again. */
export const takeBackEntry = defineVerb({
  verb: 'sales.takeBackEntry',
  access: 'sales.sync',
  effect: 'change',
  input: takeBackEntryInput,
  output: entryOutput,
  run: (ctx, input) =>
    settle(ctx, input.id, async (tx, row) => {
      if (row.state === 'open') throw new AppError('conflict', fact('sales.errors.entryOpen'));
      if (row.settledBy === 'platform') throw new AppError('invalid', fact('sales.errors.entryOfPlatform'));
      const { connectionId, remoteOrderId: order } = row;
      if (order) await lockOrders(tx, ctx, connectionId, [order]);
      await takeBack(tx, ctx, row);
      if (order) {
        const orders = await readOrders(tx, ctx, connectionId, [order]);
        await convertBack(tx, ctx, connectionId, orders.values());
        await settleOrders(tx, ctx, connectionId, [order]);
      }
      const kind = nameOfKind(row);
      return {
        verb: 'sale.entry_taken_back',
        summary:
          row.state === 'understood'
            ? fact('sales.activity.notLeft', { kind })
            : order
              ? fact('sales.activity.takenBackFrom', { kind, order })
              : fact('sales.activity.takenBack', { kind }),
        before: { state: row.state, attributedAs: row.attributedAs, remoteOrderId: order },
      };
    }),
});
