import type { z } from 'zod';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import {
  type ChargeAnswer,
  type CreditNoteAnswer,
  type CustomerBalanceAnswer,
  chargeAnswer,
  creditNoteAnswer,
  customerBalanceAnswer,
  type DisputeAnswer,
  disputeAnswer,
  type InvoiceAnswer,
  invoiceAnswer,
  invoicePaymentAnswer,
  type RefundAnswer,
  refundAnswer,
} from './payment-wire';
import { isForbidden, isMissing } from './stripe-errors';
import type { StripeGateway } from './stripe-gateway';

/** Maximum number of objects of a kind read per customer, more than any workspace has had. */
const MAX = 1_000;
const PAGE = 100;

/** A charge of which money was or may be given back. */
export interface DisputableCharge {
  charge: ChargeAnswer;
  /** The invoices that it paid, usually one. */
  invoices: string[];
  refunds: RefundAnswer[];
  disputes: DisputeAnswer[];
}

/** What Stripe says a customer paid and what was given back. */
export interface CustomerPayments {
  invoices: InvoiceAnswer[];
  charges: DisputableCharge[];
  creditNotes: CreditNoteAnswer[];
  balance: CustomerBalanceAnswer[];
}

/** Objects that are asked for even if Stripe's lists do not contain them (yet). */
export interface Named {
  invoices?: readonly string[];
  charges?: readonly string[];
  /** The invoice of a charge, as an event of a version before 2025-03-31 names it. Used if Stripe does not return it. */
  invoiceOfCharge?: { charge: string; invoice: string };
}

/**
 * Asks Stripe for all payments of a customer, and for what was given back: refunds, disputes, credit notes and credit for later invoices.
 * `named.charges` includes charges whose refunds may have failed since, because such a charge no longer shows them. A customer that was
 * deleted at Stripe has no lists, so only what is named is returned. Throws Stripe's errors, and `platform_failed` for an unexpected
 * response.
 */
export async function paymentsOfCustomer(
  gateway: StripeGateway,
  customer: string,
  named: Named,
): Promise<CustomerPayments> {
  const { client } = gateway;
  const list = { customer, limit: PAGE };
  const of = <A, S extends z.ZodType>(
    schema: S,
    list: { autoPagingToArray(o: { limit: number }): Promise<A[]> },
  ) => orNone(async () => (await list.autoPagingToArray({ limit: MAX })).map((item) => read(schema, item)));

  const invoices = await of(invoiceAnswer, client.invoices.list(list));
  const charges = await of(chargeAnswer, client.charges.list(list));
  const creditNotes = await of(creditNoteAnswer, client.creditNotes.list(list));
  const balance = await of(
    customerBalanceAnswer,
    client.customers.listBalanceTransactions(customer, { limit: PAGE }),
  );
  const asked = new Set(named.charges);
  for (const id of asked)
    if (!charges.some((charge) => charge.id === id))
      charges.push(...(await one(chargeAnswer, () => client.charges.retrieve(id))));

  const disputable: DisputableCharge[] = [];
  for (const charge of charges) {
    if (charge.amount_refunded === 0 && !charge.disputed && !asked.has(charge.id)) continue;
    const ofCharge = { charge: charge.id, limit: PAGE };
    const paid = await invoicesOfCharge(gateway, charge);
    const said = named.invoiceOfCharge?.charge === charge.id ? [named.invoiceOfCharge.invoice] : [];
    disputable.push({
      charge,
      invoices: paid.length > 0 ? paid : said,
      refunds: await of(refundAnswer, client.refunds.list(ofCharge)),
      disputes: await of(disputeAnswer, client.disputes.list(ofCharge)),
    });
  }

  const wanted = new Set([
    ...(named.invoices ?? []),
    ...disputable.flatMap((one) => one.invoices),
    ...creditNotes.map(({ invoice }) => invoice),
  ]);
  for (const { id } of invoices) wanted.delete(id);
  for (const id of wanted) invoices.push(...(await one(invoiceAnswer, () => client.invoices.retrieve(id))));
  return { invoices, charges: disputable, creditNotes, balance };
}

/**
 * Returns the invoices that a charge paid. Since 2025-03-31 a charge does not name its invoice, because a payment may pay several; see
 * https://docs.stripe.com/changelog/basil/2025-03-31/add-support-for-multiple-partial-payments-on-invoices.
 */
export async function invoicesOfCharge(
  gateway: StripeGateway,
  charge: Pick<ChargeAnswer, 'invoice' | 'payment_intent'>,
): Promise<string[]> {
  if (charge.invoice) return [charge.invoice];
  const intent = charge.payment_intent;
  if (!intent) return [];
  const payments = await orNone(() =>
    gateway.client.invoicePayments
      .list({ payment: { type: 'payment_intent', payment_intent: intent }, limit: PAGE })
      .autoPagingToArray({ limit: MAX }),
  );
  const paid = payments
    .map((item) => read(invoicePaymentAnswer, item))
    .filter(({ status }) => status === 'paid');
  return [...new Set(paid.map(({ invoice }) => invoice))];
}

/** Returns an invoice, or null if Stripe does not have it. */
export const invoiceOf = async (gateway: StripeGateway, id: string): Promise<InvoiceAnswer | null> =>
  (await one(invoiceAnswer, () => gateway.client.invoices.retrieve(id)))[0] ?? null;

/** Returns a charge, or the successful charge of a payment intent. Null if Stripe has neither. */
export async function findCharge(
  gateway: StripeGateway,
  link: { charge?: string | null | undefined; payment_intent?: string | null | undefined },
): Promise<ChargeAnswer | null> {
  const { charges } = gateway.client;
  const { charge: id, payment_intent: intent } = link;
  if (id) return (await one(chargeAnswer, () => charges.retrieve(id)))[0] ?? null;
  if (!intent) return null;
  const all = await orNone(async () => (await charges.list({ payment_intent: intent, limit: PAGE })).data);
  const [paid] = all.filter(({ status }) => status === 'succeeded');
  return paid ? read(chargeAnswer, paid) : null;
}

/** Returns the charge of a refund or a dispute that an event names by its id only. */
export async function chargeOfRefundOrDispute(
  gateway: StripeGateway,
  kind: 'refund' | 'dispute',
  id: string,
): Promise<ChargeAnswer | null> {
  const { refunds, disputes } = gateway.client;
  const [found] =
    kind === 'refund'
      ? await one(refundAnswer, () => refunds.retrieve(id))
      : await one(disputeAnswer, () => disputes.retrieve(id));
  return found ? findCharge(gateway, found) : null;
}

function read<S extends z.ZodType>(schema: S, answer: unknown): z.output<S> {
  const { data, error } = schema.safeParse(answer);
  if (!error) return data as z.output<S>;
  throw new AppError('platform_failed', fact('billing.errors.notUnderstood'), { cause: error });
}

/**
 * Returns the list, or an empty one if Stripe does not have the object that it is about, or does not allow this installation's key to read
 * it. What is not returned is not changed in the ledger, so that the rest can still be booked.
 */
async function orNone<T>(ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask();
  } catch (error) {
    if (isMissing(error)) return [];
    if (!isForbidden(error)) throw error;
    log().error({ err: error }, 'the stripe key may not read all payments; see docs/running.md');
    return [];
  }
}

const one = <S extends z.ZodType>(schema: S, ask: () => Promise<unknown>): Promise<z.output<S>[]> =>
  orNone(async () => [read(schema, await ask())]);
