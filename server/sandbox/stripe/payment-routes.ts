import { type SQL, sql } from 'drizzle-orm';
import type { Ctx } from '../http';
import type { World } from '../world';
import { createCreditNote, voidCreditNote } from './credit-notes';
import { invalid } from './errors';
import { elements, type FormObject, object, strings, text } from './form';
import { markUncollectible, payInvoice, voidInvoice } from './invoice-states';
import { paged } from './paging';
import { changeBalance, chargeOfIntent, endDispute, refundCharge } from './payments';
import type { On } from './routes';
import { need, type StripeObject, type Tx } from './store';
import { stripeObjects } from './tables';

const id = (c: Ctx): string => c.req.param('id') ?? '';
const field = (name: string, value: string | undefined): SQL | undefined =>
  value === undefined ? undefined : sql`${stripeObjects.data}->>${sql.raw(`'${name}'`)} = ${value}`;
const whole = (body: FormObject, name: string): number | undefined => {
  const value = text(body[name]);
  if (value === undefined) return undefined;
  return /^\d{1,10}$/.test(value)
    ? Number(value)
    : invalid(`Invalid integer: ${value}`, name, 'parameter_invalid_integer');
};

/** Adds what was charged for invoices and how it is given back: charges, refunds, disputes, credit notes and the customer's balance. */
export function paymentRoutes(on: On, world: World): void {
  const lists = [
    ['charges', 'charge', ['payment_intent']],
    ['refunds', 'refund', ['charge', 'payment_intent']],
    ['disputes', 'dispute', ['charge', 'payment_intent']],
    ['credit_notes', 'credit_note', ['invoice']],
  ] as const;
  for (const [path, type, filters] of lists) {
    on('GET', `/${path}`, `Get${path}`, async (body) => {
      const customer = text(body.customer);
      if (customer) await need(world.db, 'customer', customer, { param: 'customer' });
      const where = filters.map((name) => field(name, text(body[name]))).filter((one) => one !== undefined);
      const all = where.length > 0 ? { where: sql.join(where, sql` and `) } : {};
      return paged(world, body, { type, url: `/v1/${path}`, ...all });
    });
    on('GET', `/${path}/:id`, `Get${path}Id`, (_b, c) => need(world.db, type, id(c)));
  }
  on('GET', '/payment_intents/:id', 'GetPaymentIntentsIntent', (_b, c) =>
    need(world.db, 'payment_intent', id(c)),
  );
  on('GET', '/invoice_payments', 'GetInvoicePayments', (body) => {
    const intent = text(object(body.payment)?.payment_intent);
    const invoice = text(body.invoice);
    const ofIntent = sql`${stripeObjects.data}->'payment'->>'payment_intent' = ${intent ?? null}`;
    const ofInvoice = sql`${stripeObjects.data}->>'invoice' = ${invoice ?? null}`;
    if (!intent && !invoice) invalid('Missing required param: invoice.', 'invoice', 'parameter_missing');
    return paged(world, body, {
      type: 'invoice_payment',
      url: '/v1/invoice_payments',
      where: intent ? ofIntent : ofInvoice,
    });
  });

  const change = (
    path: string,
    name: string,
    work: (tx: Tx, body: FormObject, c: Ctx) => Promise<StripeObject>,
  ) => on('POST', path, name, (body, c) => world.db.transaction((tx) => work(tx, body, c)));
  change('/refunds', 'PostRefunds', async (tx, body, c) => {
    const [charge, intent] = [text(body.charge), text(body.payment_intent)];
    const found = charge
      ? await need(tx, 'charge', charge, { lock: true, param: 'charge' })
      : intent
        ? await chargeOfIntent(tx, intent)
        : null;
    if (!found)
      return invalid('One of charge or payment_intent is required.', undefined, 'parameter_missing');
    return refundCharge(tx, found, {
      amount: whole(body, 'amount'),
      reason: text(body.reason) ?? null,
      metadata: strings(body.metadata),
      now: c.get('now'),
    });
  });
  change('/disputes/:id/close', 'PostDisputesDisputeClose', (tx, _b, c) =>
    endDispute(tx, id(c), 'lost', c.get('now')),
  );
  change('/credit_notes', 'PostCreditNotes', (tx, body, c) =>
    createCreditNote(world, tx, {
      invoice:
        text(body.invoice) ?? invalid('Missing required param: invoice.', 'invoice', 'parameter_missing'),
      amount:
        whole(body, 'amount') ?? invalid('Missing required param: amount.', 'amount', 'parameter_missing'),
      refund: whole(body, 'refund_amount') ?? 0,
      credit: whole(body, 'credit_amount') ?? 0,
      outside: whole(body, 'out_of_band_amount') ?? 0,
      refunds: elements(body.refunds).map((one) => {
        const link = object(one) ?? {};
        return { refund: text(link.refund) ?? '', amount: whole(link, 'amount_refunded') ?? 0 };
      }),
      memo: text(body.memo) ?? null,
      reason: text(body.reason) ?? null,
      now: c.get('now'),
    }),
  );
  change('/credit_notes/:id/void', 'PostCreditNotesIdVoid', (tx, _b, c) =>
    voidCreditNote(tx, id(c), c.get('now')),
  );
  change('/invoices/:id/pay', 'PostInvoicesInvoicePay', (tx, body, c) =>
    payInvoice(tx, id(c), { outside: text(body.paid_out_of_band) === 'true', now: c.get('now') }),
  );
  change('/invoices/:id/void', 'PostInvoicesInvoiceVoid', (tx, _b, c) =>
    voidInvoice(tx, id(c), c.get('now')),
  );
  change('/invoices/:id/mark_uncollectible', 'PostInvoicesInvoiceMarkUncollectible', (tx, _b, c) =>
    markUncollectible(tx, id(c), c.get('now')),
  );

  on(
    'GET',
    '/customers/:id/balance_transactions',
    'GetCustomersCustomerBalanceTransactions',
    async (body, c) => {
      await need(world.db, 'customer', id(c), { param: 'customer' });
      return paged(world, body, {
        type: 'customer_balance_transaction',
        parent: id(c),
        url: `/v1/customers/${id(c)}/balance_transactions`,
      });
    },
  );
  change(
    '/customers/:id/balance_transactions',
    'PostCustomersCustomerBalanceTransactions',
    async (tx, body, c) => {
      const amount = text(body.amount) ?? '';
      if (!/^-?\d{1,10}$/.test(amount)) invalid('Invalid integer', 'amount', 'parameter_invalid_integer');
      return changeBalance(tx, await need(tx, 'customer', id(c), { lock: true, param: 'customer' }), {
        amount: Number(amount),
        creditNote: null,
        description: text(body.description) ?? null,
        invoice: null,
        type: 'adjustment',
        now: c.get('now'),
      });
    },
  );
}
