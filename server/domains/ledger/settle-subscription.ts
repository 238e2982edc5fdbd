import { and, asc, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerAccounts, ledgerTransactions } from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';
import { type Money, money } from '@/server/foundation/money';
import type { Ctx } from '@/server/verbs/context';
import type { Plan } from '../plans/plans';
import { bookedPostings } from './booked-postings';
import { type NewTransaction, postTransaction, postTransactions } from './post-transaction';
import { subscriptionCreditPostings, subscriptionPostings } from './postings';

/** What the provider says at present about one object: a paid invoice, or something that gives money of an invoice back. */
export interface BilledAmount {
  what: 'payment' | 'refund' | 'dispute' | 'credit_note';
  /** The provider's id of the object; the invoice's own id for a payment. */
  object: string;
  invoiceId: string;
  /** How much was paid, or given back: not negative. Zero if it no longer is, for example because a refund failed. */
  total: Money;
  at: Date;
  /** When money that was given back was taken back again; the present by default. */
  takenBackAt?: Date | null;
  evidence?: Record<string, unknown>;
}

interface Booked {
  id: string;
  description: Fact;
  /** Net debit of the expense. */
  amount: number;
  currency: string;
  object: string;
}

/**
 * Brings the ledger to what the provider says about the payments of the plan. Compares totals per object and invoice and posts only the
 * difference, so that it can be repeated, and amounts may come in any order and change in either direction. An object that is not among
 * the amounts is left alone. The caller holds the workspace's lock. Returns the number of transactions posted.
 */
export async function settleSubscription(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  input: { provider: 'stripe'; plan: Plan; amounts: readonly BilledAmount[] },
): Promise<number> {
  const booked = await readBooked(tx, ctx);
  let posted = 0;
  for (const billed of input.amounts) {
    const own = booked.get(keyOf(billed)) ?? [];
    const { currency } = billed.total;
    const sum = own
      .filter((row) => row.currency === currency)
      .reduce((total, { amount }) => total + amount, 0);
    const wanted = billed.what === 'payment' ? billed.total.amount : -billed.total.amount;
    const difference = money(wanted - sum, currency);
    if (difference.amount === 0) continue;
    const payments = booked.get(keyOf({ object: billed.invoiceId, invoiceId: billed.invoiceId }));
    const transaction = newTransaction(ctx, input, billed, { own, difference, payment: payments?.[0] });
    const { id } = await postTransaction(tx, ctx, transaction);
    const { description } = transaction;
    booked.set(keyOf(billed), [
      ...own,
      { id, description, amount: difference.amount, currency, object: billed.object },
    ]);
    posted++;
  }
  return posted;
}

function newTransaction(
  ctx: Pick<Ctx, 'clock'>,
  { provider, plan }: { provider: 'stripe'; plan: Plan },
  billed: BilledAmount,
  { own, difference, payment }: { own: Booked[]; difference: Money; payment: Booked | undefined },
): NewTransaction {
  const { what, object, invoiceId } = billed;
  const pays = what === 'payment';
  const name = fact('ledger.transactions.subscription', { plan: fact(`plans.names.${plan}`) });
  // What it changes is reversed; a first payment and a later part of it change nothing before.
  const undone = pays
    ? difference.amount < 0
      ? own.at(-1)
      : undefined
    : difference.amount > 0
      ? own.at(-1)
      : payment;
  const returns = difference.amount > 0 && !pays;
  const first = own.length === 0;
  // A payment and its first key are older than the others, whose keys name the invoice, too.
  const key = pays
    ? `subscription:${provider}:${invoiceId}`
    : `given_back:${provider}:${object}:${invoiceId}`;
  return {
    key: first ? key : `${key}:${own.length}`,
    kind: pays && difference.amount > 0 ? 'subscription' : !pays && !returns ? 'refund' : 'reversal',
    occurredAt: first ? billed.at : ((returns ? billed.takenBackAt : null) ?? ctx.clock.now()),
    description:
      pays && difference.amount > 0 ? name : describe(billed, returns, payment?.description ?? name),
    source: { type: 'invoice', id: invoiceId },
    postings: subscriptionPostings(difference),
    evidence: { ...billed.evidence, provider, invoiceId, object },
    ...(undone ? { reversesId: undone.id } : {}),
  };
}

function describe({ what }: BilledAmount, returns: boolean, name: Fact): Fact {
  switch (what) {
    case 'payment':
      return fact('ledger.transactions.subscriptionCorrected', { what: name });
    case 'refund':
      return fact(`ledger.transactions.${returns ? 'subscriptionRefundFailed' : 'subscriptionRefund'}`, {
        what: name,
      });
    case 'dispute':
      return fact(`ledger.transactions.${returns ? 'subscriptionDisputeEnded' : 'subscriptionDispute'}`, {
        what: name,
      });
    case 'credit_note':
      return fact(
        `ledger.transactions.${returns ? 'subscriptionCreditNoteVoided' : 'subscriptionCreditNote'}`,
        {
          what: name,
        },
      );
  }
}

/** A change of the credit that the provider holds for later payments. Positive: credit was given; negative: it was used up. */
interface CreditChange {
  object: string;
  credit: Money;
  at: Date;
  invoiceId: string | null;
  evidence?: Record<string, unknown>;
}

/**
 * Books changes of the credit for later payments, once each. Credit lowers the cost of the plan when it is given, and what a later invoice
 * takes from it is a cost like money that was paid for it.
 */
export async function postSubscriptionCredit(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  input: { provider: 'stripe'; changes: readonly CreditChange[] },
): Promise<number> {
  const { provider } = input;
  const transactions = input.changes
    .filter(({ credit }) => credit.amount !== 0)
    .map(
      ({ object, credit, at, invoiceId, evidence }): NewTransaction => ({
        key: `subscription_credit:${provider}:${object}`,
        kind: credit.amount > 0 ? 'refund' : 'subscription',
        occurredAt: at,
        description: fact(
          `ledger.transactions.${credit.amount > 0 ? 'subscriptionCredit' : 'subscriptionCreditUsed'}`,
        ),
        source: invoiceId ? { type: 'invoice', id: invoiceId } : { type: 'subscription_credit', id: object },
        postings: subscriptionCreditPostings(credit),
        evidence: { ...evidence, provider, object, ...(invoiceId ? { invoiceId } : {}) },
      }),
    );
  const posted = await postTransactions(tx, ctx, transactions, { onDifference: 'keep' });
  return posted.filter(({ created }) => created).length;
}

const keyOf = ({ object, invoiceId }: { object: string; invoiceId: string }): string =>
  `${object} ${invoiceId}`;

/** Returns what is booked for each object and invoice, in the order of posting. */
async function readBooked(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  invoiceId?: string,
): Promise<Map<string, Booked[]>> {
  const rows = await bookedPostings(
    tx,
    ctx,
    and(
      eq(ledgerTransactions.sourceType, 'invoice'),
      invoiceId ? eq(ledgerTransactions.sourceId, invoiceId) : undefined,
      eq(ledgerAccounts.code, 'subscription'),
    ),
  ).orderBy(asc(ledgerTransactions.createdAt), asc(ledgerTransactions.key));
  const booked = new Map<string, Booked[]>();
  for (const { transactionId, description, sourceId, evidence, amount, currency } of rows) {
    // A payment that was booked before refunds were does not name its object.
    const object = String(evidence.object ?? sourceId);
    const key = keyOf({ object, invoiceId: sourceId });
    const before = booked.get(key) ?? [];
    booked.set(key, [...before, { id: transactionId, description, amount, currency, object }]);
  }
  return booked;
}

/** Returns the charges of which something was ever given back according to the ledger, as named by the evidence. */
export async function chargesGivenBack(tx: Tx, ctx: Pick<Ctx, 'workspaceId'>): Promise<string[]> {
  const charge = sql<string>`${ledgerTransactions.evidence}->>'charge'`;
  const rows = await tx
    .selectDistinct({ charge })
    .from(ledgerTransactions)
    .where(
      and(
        eq(ledgerTransactions.workspaceId, ctx.workspaceId),
        eq(ledgerTransactions.sourceType, 'invoice'),
        sql`${ledgerTransactions.evidence}->>'charge' is not null`,
      ),
    );
  return rows.map((row) => row.charge);
}

/** Returns the sums of what was paid of an invoice and of what was given back, each per currency. */
export async function invoiceTotals(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  invoiceId: string,
): Promise<{ paid: Money[]; givenBack: Money[] }> {
  const booked = await readBooked(tx, ctx, invoiceId);
  const sum = (rows: Booked[], sign: 1 | -1): Money[] => {
    const sums = new Map<string, number>();
    for (const { amount, currency } of rows) sums.set(currency, (sums.get(currency) ?? 0) + sign * amount);
    return [...sums]
      .filter(([, amount]) => amount !== 0)
      .map(([currency, amount]) => money(amount, currency));
  };
  const rows = [...booked.values()].flat();
  return {
    paid: sum(
      rows.filter(({ object }) => object === invoiceId),
      1,
    ),
    givenBack: sum(
      rows.filter(({ object }) => object !== invoiceId),
      -1,
    ),
  };
}
