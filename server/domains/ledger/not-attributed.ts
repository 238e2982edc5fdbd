import { and, eq, gte, lt, ne, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { unattributedEntries } from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { currencyOrder } from './currency-order';
import type { notAttributed } from './schemas';

/**
 * Returns what platforms reported in a time range that is in no figure, because it is not attributed. What came in and what went out are
 * separate, so that they cannot hide each other.
 */
export async function sumNotAttributed(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  range: { from: Date; to: Date },
  currency: string,
): Promise<z.output<typeof notAttributed>> {
  const { amount } = unattributedEntries;
  const rows = await tx
    .select({
      currency: unattributedEntries.currency,
      count: sql<string>`count(*)`,
      added: sql<string>`coalesce(sum(${amount}) filter (where ${amount} > 0), 0)`,
      taken: sql<string>`coalesce(-sum(${amount}) filter (where ${amount} < 0), 0)`,
    })
    .from(unattributedEntries)
    .where(
      and(
        eq(unattributedEntries.workspaceId, ctx.workspaceId),
        ne(unattributedEntries.state, 'attributed'),
        gte(unattributedEntries.occurredAt, range.from),
        lt(unattributedEntries.occurredAt, range.to),
      ),
    )
    .groupBy(unattributedEntries.currency);
  const order = currencyOrder(currency);
  const count = rows.reduce((sum, row) => sum + Number(row.count), 0);
  const unreadable = Number(rows.find((row) => row.currency === null)?.count ?? 0);
  const amounts = rows
    .flatMap((row) =>
      row.currency === null
        ? []
        : [{ currency: row.currency, added: Number(row.added), taken: Number(row.taken) }],
    )
    .sort((a, b) => order(a.currency, b.currency));
  const list: Fact[] = amounts.flatMap(({ added, taken, currency }) => [
    ...(added > 0 ? [fact('ledger.notAttributed.added', { amount: { amount: added, currency } })] : []),
    ...(taken > 0 ? [fact('ledger.notAttributed.taken', { amount: { amount: taken, currency } })] : []),
  ]);
  if (unreadable > 0) list.push(fact('ledger.notAttributed.unreadable', { count: unreadable }));
  return {
    count,
    unreadable,
    amounts,
    summary: count > 0 ? fact('ledger.notAttributed.summary', { count, amounts: { list } }) : null,
  };
}
