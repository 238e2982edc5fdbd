import { and, desc, eq, lt, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, ledgerTransactions, sales, unattributedEntries } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { settleOrders } from './orders';
import {
  attributeEntryInput,
  entryOutput,
  entryPage,
  listEntriesInput,
  understandEntryInput,
} from './schemas';
import { attribute, type EntryRow, nameOfKind, updateUnattributedAlert } from './unattributed';

type Connection = typeof connections.$inferSelect;

const shown = (row: EntryRow, connection: Connection, transactionId: string | null) => ({
  id: row.id,
  connectionId: row.connectionId,
  connectionName: connection.remoteName,
  environment: connection.environment,
  remoteId: row.remoteId,
  reason: row.reason,
  kind: nameOfKind(row),
  meaning: row.meaning,
  amount:
    row.amount !== null && row.currency !== null ? { amount: row.amount, currency: row.currency } : null,
  occurredAt: row.occurredAt,
  reference: row.reference,
  raw: row.raw,
  state: row.state,
  attributedAs: row.attributedAs,
  remoteOrderId: row.remoteOrderId,
  settledAt: row.settledAt,
  transactionId,
});

/** Reads a line with its connection and its ledger transaction. */
async function readEntry(tx: Tx, ctx: Ctx, id: string) {
  const [found] = await select(tx)
    .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, id)))
    .limit(1);
  if (!found) throw notFound('entry');
  return found;
}
const select = (tx: Tx) =>
  tx
    .select({ row: unattributedEntries, connection: connections, transactionId: ledgerTransactions.id })
    .from(unattributedEntries)
    .innerJoin(
      connections,
      and(
        eq(connections.workspaceId, unattributedEntries.workspaceId),
        eq(connections.id, unattributedEntries.connectionId),
      ),
    )
    .leftJoin(
      ledgerTransactions,
      and(
        eq(ledgerTransactions.workspaceId, unattributedEntries.workspaceId),
        eq(ledgerTransactions.sourceType, 'unattributed'),
        eq(ledgerTransactions.sourceId, unattributedEntries.id),
        eq(ledgerTransactions.kind, 'unattributed'),
      ),
    );

/** Lists lines of platforms' accounts that were kept because they could not be attributed, newest first, with pagination. */
export const listEntries = defineVerb({
  verb: 'sales.entries',
  access: 'money.read',
  effect: 'read',
  input: listEntriesInput,
  output: entryPage,
  run: async (ctx, input) =>
    ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const after = readTimeCursor(input.cursor);
      const rows = await select(tx)
        .where(
          and(
            eq(unattributedEntries.workspaceId, ctx.workspaceId),
            input.open ? eq(unattributedEntries.state, 'open') : undefined,
            input.connectionId ? eq(unattributedEntries.connectionId, input.connectionId) : undefined,
            after
              ? or(
                  lt(unattributedEntries.occurredAt, after.at),
                  and(eq(unattributedEntries.occurredAt, after.at), lt(unattributedEntries.id, after.id)),
                )
              : undefined,
          ),
        )
        .orderBy(desc(unattributedEntries.occurredAt), desc(unattributedEntries.id))
        .limit(input.limit + 1);
      const page = rows.slice(0, input.limit);
      const last = page.at(-1)?.row;
      return {
        items: page.map(({ row, connection, transactionId }) => shown(row, connection, transactionId)),
        nextCursor: rows.length > input.limit && last ? writeTimeCursor(last.occurredAt, last.id) : null,
      };
    }),
});

/** Locks an open line. Throws `conflict` if it was settled in the meantime. */
async function lockOpen(tx: Tx, ctx: Ctx, id: string): Promise<EntryRow> {
  const [row] = await tx
    .select()
    .from(unattributedEntries)
    .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, id)))
    .for('update');
  if (!row) throw notFound('entry');
  if (row.state !== 'open') throw new AppError('conflict', fact('sales.errors.entrySettled'));
  return row;
}

/** Attributes a line to an order, or to what it is if it belongs to none. The platform's balance does not change. */
export const attributeEntry = defineVerb({
  verb: 'sales.attributeEntry',
  access: 'sales.sync',
  effect: 'change',
  input: attributeEntryInput,
  output: entryOutput,
  run: async (ctx, input) =>
    ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const row = await lockOpen(tx, ctx, input.id);
      const order = input.order || null;
      if (!order && (input.as === 'refund' || input.as === 'payment'))
        throw new AppError('invalid', fact('sales.errors.orderNeeded'));
      if (order) {
        const [sale] = await tx
          .select({ id: sales.id })
          .from(sales)
          .where(
            and(
              eq(sales.workspaceId, ctx.workspaceId),
              eq(sales.connectionId, row.connectionId),
              eq(sales.remoteOrderId, order),
            ),
          )
          .limit(1);
        if (!sale) throw new AppError('invalid', fact('sales.errors.noSuchOrder', { order }));
      }
      await attribute(tx, ctx, row, { meaning: input.as, remoteOrderId: order, by: actorKey(ctx.actor) });
      if (order) await settleOrders(tx, ctx, row.connectionId, [order]);
      const after = await readEntry(tx, ctx, row.id);
      await recordActivity(tx, ctx, {
        verb: 'sale.entry_attributed',
        subjectType: 'sale',
        subjectId: row.id,
        summary: order
          ? fact('sales.activity.attributedTo', { kind: nameOfKind(row), order })
          : fact('sales.activity.attributed', { kind: nameOfKind(row) }),
      });
      await updateUnattributedAlert(tx, ctx, after.connection, 0);
      return shown(after.row, after.connection, after.transactionId);
    }),
});

/** Marks a line as understood: it stays booked as unattributed, and nobody is asked about it again. */
export const understandEntry = defineVerb({
  verb: 'sales.understandEntry',
  access: 'sales.sync',
  effect: 'change',
  input: understandEntryInput,
  output: entryOutput,
  run: async (ctx, input) =>
    ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const row = await lockOpen(tx, ctx, input.id);
      await tx
        .update(unattributedEntries)
        .set({ state: 'understood', settledBy: actorKey(ctx.actor), settledAt: ctx.clock.now() })
        .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, row.id)));
      const after = await readEntry(tx, ctx, row.id);
      await recordActivity(tx, ctx, {
        verb: 'sale.entry_understood',
        subjectType: 'sale',
        subjectId: row.id,
        summary: fact('sales.activity.understood', { kind: nameOfKind(row) }),
      });
      await updateUnattributedAlert(tx, ctx, after.connection, 0);
      return shown(after.row, after.connection, after.transactionId);
    }),
});
