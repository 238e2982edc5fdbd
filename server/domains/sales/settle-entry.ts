import { and, desc, eq, gte, lt, ne, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, ledgerTransactions, sales, unattributedEntries } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { monthRange } from '../ledger/month';
import { readWorkspace } from '../workspaces/read-workspace';
import { convertBack } from './convert-orders';
import { readOrders } from './read-orders';
import {
  attributeEntryInput,
  entryOutput,
  entryPage,
  listEntriesInput,
  takeBackEntryInput,
  understandEntryInput,
} from './schemas';
import { settleOrders } from './settle-orders';
import { attribute, type EntryRow, nameOfKind, takeBack, updateUnattributedAlert } from './unattributed';

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
  canTakeBack: row.state !== 'open' && row.settledBy !== 'platform',
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
      const range = input.month ? monthRange(input.month, (await readWorkspace(tx, ctx)).timeZone) : null;
      const rows = await select(tx)
        .where(
          and(
            eq(unattributedEntries.workspaceId, ctx.workspaceId),
            {
              open: eq(unattributedEntries.state, 'open'),
              unattributed: ne(unattributedEntries.state, 'attributed'),
              attributed: eq(unattributedEntries.state, 'attributed'),
              all: undefined,
            }[input.show],
            range ? gte(unattributedEntries.occurredAt, range.from) : undefined,
            range ? lt(unattributedEntries.occurredAt, range.to) : undefined,
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

/** Locks a line. */
async function lockEntry(tx: Tx, ctx: Ctx, id: string): Promise<EntryRow> {
  const [row] = await tx
    .select()
    .from(unattributedEntries)
    .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, id)))
    .for('update');
  if (!row) throw notFound('entry');
  return row;
}

/** Locks an open line. Throws `conflict` if it was settled in the meantime. */
async function lockOpen(tx: Tx, ctx: Ctx, id: string): Promise<EntryRow> {
  const row = await lockEntry(tx, ctx, id);
  if (row.state !== 'open') throw new AppError('conflict', fact('sales.errors.entrySettled'));
  return row;
}

/** Locks an order's sales, so that another entry of it waits until this one counts. Returns whether there are any. */
async function lockOrder(tx: Tx, ctx: Ctx, connectionId: string, order: string): Promise<boolean> {
  const rows = await tx
    .select({ id: sales.id })
    .from(sales)
    .where(
      and(
        eq(sales.workspaceId, ctx.workspaceId),
        eq(sales.connectionId, connectionId),
        eq(sales.remoteOrderId, order),
      ),
    )
    .orderBy(sales.id)
    .for('update');
  return rows.length > 0;
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
      const order = input.order?.replace(/^#\s*/, '') || null;
      const refuse = (problem: Fact) => new AppError('invalid', problem, { fields: { order: problem } });
      if (!order && (input.as === 'refund' || input.as === 'payment'))
        throw refuse(fact('sales.errors.orderNeeded'));
      if (order && !(await lockOrder(tx, ctx, row.connectionId, order)))
        throw refuse(fact('sales.errors.noSuchOrder', { order }));
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

/** Takes back what a user did with a line: an attribution is reversed in the ledger, and the line is open again. */
export const takeBackEntry = defineVerb({
  verb: 'sales.takeBackEntry',
  access: 'sales.sync',
  effect: 'change',
  input: takeBackEntryInput,
  output: entryOutput,
  run: async (ctx, input) =>
    ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const row = await lockEntry(tx, ctx, input.id);
      if (row.state === 'open') throw new AppError('conflict', fact('sales.errors.entryOpen'));
      if (row.settledBy === 'platform') throw new AppError('invalid', fact('sales.errors.entryOfPlatform'));
      const { connectionId, remoteOrderId: order } = row;
      if (order) await lockOrder(tx, ctx, connectionId, order);
      await takeBack(tx, ctx, row);
      if (order) {
        const orders = await readOrders(tx, ctx, connectionId, [order]);
        await convertBack(tx, ctx, connectionId, orders.values());
        await settleOrders(tx, ctx, connectionId, [order]);
      }
      const after = await readEntry(tx, ctx, row.id);
      const kind = nameOfKind(row);
      await recordActivity(tx, ctx, {
        verb: 'sale.entry_taken_back',
        subjectType: 'sale',
        subjectId: row.id,
        summary:
          row.state === 'understood'
            ? fact('sales.activity.notLeft', { kind })
            : order
              ? fact('sales.activity.takenBackFrom', { kind, order })
              : fact('sales.activity.takenBack', { kind }),
        before: { state: row.state, attributedAs: row.attributedAs, remoteOrderId: order },
      });
      await updateUnattributedAlert(tx, ctx, after.connection, 1);
      return shown(after.row, after.connection, after.transactionId);
    }),
});
