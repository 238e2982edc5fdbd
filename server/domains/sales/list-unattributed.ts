import { and, desc, eq, gte, lt, ne, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, ledgerTransactions, unattributedEntries } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { monthRange } from '../ledger/month';
import { readWorkspace } from '../workspaces/read-workspace';
import { entryPage, listEntriesInput } from './schemas';
import { type KeptLine, nameOfKind } from './unattributed';

type Connection = typeof connections.$inferSelect;

/** A line as the verbs return it. */
export const shown = (row: KeptLine, connection: Connection, transactionId: string | null) => ({
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
export async function readLine(tx: Tx, ctx: Ctx, id: string) {
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

/** Lists statement lines that were kept because they could not be attributed, newest first, with pagination. */
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
