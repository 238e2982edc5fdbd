import { and, asc, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { ledgerPostings, ledgerTransactions, sales, subscriptions, unattributedEntries } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import { idInput } from '@/server/foundation/inputs';
import type { Money } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { accountName } from './accounts';
import { bookedPostings } from './booked-postings';
import { connectionNames, movedAmounts } from './queries';
import { transactionDetail } from './schemas';
import { invoiceTotals } from './settle-subscription';

type Detail = z.output<typeof transactionDetail>;

/** Returns one transaction with its postings and the row that it comes from. */
export const getTransaction = defineVerb({
  verb: 'ledger.get',
  access: 'money.read',
  effect: 'read',
  input: idInput('transaction'),
  output: transactionDetail,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const mine = eq(ledgerTransactions.workspaceId, ctx.workspaceId);
      const [row] = await tx
        .select()
        .from(ledgerTransactions)
        .where(and(mine, eq(ledgerTransactions.id, input.id)));
      if (!row) throw notFound('transaction');
      const [reversal] = await tx
        .select({ id: ledgerTransactions.id })
        .from(ledgerTransactions)
        .where(and(mine, eq(ledgerTransactions.key, `reversal:${row.id}`)));
      const postings = await bookedPostings(tx, ctx, eq(ledgerTransactions.id, row.id)).orderBy(
        asc(ledgerPostings.line),
      );
      const names = await connectionNames(tx, ctx);
      const moved = await movedAmounts(tx, [row.id, ...(row.reversesId ? [row.reversesId] : [])]);
      const amounts = moved.get(row.id) ?? [];
      const before = row.reversesId ? (moved.get(row.reversesId) ?? []) : amounts;
      return {
        id: row.id,
        kind: row.kind,
        occurredAt: row.occurredAt,
        description: row.description,
        amounts,
        key: row.key,
        createdAt: row.createdAt,
        reversesId: row.reversesId,
        reversesPartly: before.some(
          ({ currency, amount }) => amounts.find((one) => one.currency === currency)?.amount !== amount,
        ),
        reversedById: reversal?.id ?? null,
        evidence: row.evidence,
        postings: postings.map(({ line, account, accountKind, subjectId, amount, currency }) => ({
          line,
          account,
          accountName: accountName(account),
          accountKind,
          subject: names.get(subjectId)?.name ?? (subjectId || null),
          amount,
          currency,
        })),
        source: await describeSource(tx, ctx, row, names),
      };
    });
  },
});

async function describeSource(
  tx: Tx,
  ctx: Ctx,
  row: typeof ledgerTransactions.$inferSelect,
  names: Map<string, { name: string }>,
): Promise<Detail['source']> {
  const base = { type: row.sourceType, id: row.sourceId };
  if (row.sourceType === 'sale' || row.sourceType === 'order') {
    const at = row.sourceId.indexOf(':');
    const found = await tx
      .select()
      .from(sales)
      .where(
        and(
          eq(sales.workspaceId, ctx.workspaceId),
          ...(row.sourceType === 'sale'
            ? [eq(sales.id, row.sourceId)]
            : [
                eq(sales.connectionId, row.sourceId.slice(0, at)),
                eq(sales.remoteOrderId, row.sourceId.slice(at + 1)),
              ]),
        ),
      );
    const order = found[0]?.remoteOrderId ?? row.sourceId.slice(at + 1);
    return {
      ...base,
      title: fact('ledger.sources.order', { order }),
      href: found[0] ? `/orders?order=${encodeURIComponent(order)}` : null,
      facts: found.flatMap((sale) => [
        detail('item', fact('ledger.details.itemSold', { count: sale.quantity, title: sale.title })),
        detail('sold', { amount: sale.gross, currency: sale.currency }),
        ...partsOf(sale),
        detail('account', verbatim(names.get(sale.connectionId)?.name ?? sale.connectionId)),
        detail('saleNumber', verbatim(sale.remoteId)),
      ]),
    };
  }
  if (row.sourceType === 'unattributed') {
    const [line] = await tx
      .select({ kind: unattributedEntries.platformKind, state: unattributedEntries.state })
      .from(unattributedEntries)
      .where(
        and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, row.sourceId)),
      );
    const list = { open: '', understood: '?show=unattributed', attributed: '?show=attributed' };
    return {
      ...base,
      title: line?.kind
        ? fact('ledger.sources.entry', { entry: line.kind })
        : fact('ledger.sources.unnamedEntry'),
      href: line ? `/ledger/unattributed${list[line.state]}` : null,
      facts: [],
    };
  }
  if (row.sourceType === 'platform_sale')
    return { ...base, title: fact('ledger.sources.unseenSale'), href: null, facts: [] };
  if (row.sourceType === 'connection') {
    const account = names.get(row.sourceId)?.name;
    const title = account ? verbatim(account) : fact('ledger.sources.someConnection');
    return { ...base, title, href: '/connections', facts: [] };
  }
  if (row.sourceType === 'invoice') {
    const title = fact('ledger.sources.invoice', { invoice: row.sourceId });
    const { paid, givenBack } = await invoiceTotals(tx, ctx, row.sourceId);
    const [subscription] = await tx
      .select({ open: subscriptions.openRefundsAndDisputes })
      .from(subscriptions)
      .where(eq(subscriptions.workspaceId, ctx.workspaceId));
    const open = row.kind === 'refund' && subscription?.open[String(row.evidence.object)];
    const facts = [
      ...(open ? [detail('state', fact(`ledger.details.${open}`))] : []),
      ...paid.map((sum) => detail('paid', sum)),
      ...givenBack.map((sum) => detail('givenBack', sum)),
    ];
    return { ...base, title, href: '/settings/billing', facts };
  }
  if (row.sourceType === 'ai_provider') {
    const title = fact('ledger.sources.aiUse', { provider: row.sourceId });
    return { ...base, title, href: null, facts: [] };
  }
  return { ...base, title: verbatim(row.sourceId), href: null, facts: [] };
}

/** The parts of a sale besides the price of its items, as far as there are any. */
const partsOf = ({ discount, shipping, tax, currency }: typeof sales.$inferSelect) =>
  (
    [
      ['discount', -discount],
      ['shipping', shipping],
      ['tax', tax],
    ] as const
  ).flatMap(([name, amount]) => (amount === 0 ? [] : [detail(name, { amount, currency })]));

const detail = (
  name:
    | 'item'
    | 'sold'
    | 'discount'
    | 'shipping'
    | 'tax'
    | 'account'
    | 'saleNumber'
    | 'paid'
    | 'givenBack'
    | 'state',
  value: Fact | Money,
) => ({
  label: fact(`ledger.details.${name}`),
  value,
});
