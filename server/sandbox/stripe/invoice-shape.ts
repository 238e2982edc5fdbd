import type { Period } from './shapes';
import type { StripeObject } from './store';

const NO_TAX = { enabled: false, liability: null, status: null, disabled_reason: null, provider: null };

export interface Line {
  description: string;
  amount: number;
  price: string;
  product: string;
  period: Period;
  item: string;
  proration: boolean;
}

export function invoiceShape(o: {
  id: string;
  number: string;
  customer: StripeObject;
  subscription: StripeObject;
  reason: 'subscription_create' | 'subscription_cycle' | 'subscription_update';
  created: number;
  period: Period;
  lines: Line[];
  url: string;
  /** The customer's balance before: negative is credit. */
  balance: number;
}): StripeObject {
  const total = o.lines.reduce((sum, l) => sum + l.amount, 0);
  // The balance is added to the total. Credit that exceeds it stays in the balance.
  const due = Math.max(0, total + o.balance);
  return {
    id: o.id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Tributary (sandbox)',
    account_tax_ids: null,
    amount_due: due,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: due,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: NO_TAX,
    automatically_finalizes_at: null,
    billing_reason: o.reason,
    collection_method: 'charge_automatically',
    created: o.created,
    currency: 'usd',
    custom_fields: null,
    customer: o.customer.id,
    customer_account: null,
    customer_address: null,
    customer_email: o.customer.email ?? null,
    customer_name: o.customer.name ?? null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: o.created,
    ending_balance: Math.min(0, total + o.balance),
    footer: null,
    from_invoice: null,
    hosted_invoice_url: o.url,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      has_more: false,
      url: `/v1/invoices/${o.id}/lines`,
      data: o.lines.map((l, i) => ({
        id: `il_${o.id.slice(3)}${i}`,
        object: 'line_item',
        amount: l.amount,
        currency: 'usd',
        description: l.description,
        discount_amounts: [],
        discountable: true,
        discounts: [],
        invoice: o.id,
        livemode: false,
        metadata: {},
        parent: {
          invoice_item_details: null,
          subscription_item_details: {
            invoice_item: null,
            proration: l.proration,
            proration_details: { credited_items: null },
            subscription: o.subscription.id,
            subscription_item: l.item,
          },
          type: 'subscription_item_details',
        },
        period: l.period,
        pretax_credit_amounts: [],
        pricing: {
          price_details: { price: l.price, product: l.product },
          type: 'price_details',
          unit_amount_decimal: String(Math.abs(l.amount)),
        },
        quantity: 1,
        quantity_decimal: '1',
        subscription: o.subscription.id,
        subtotal: l.amount,
        taxes: [],
      })),
    },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: o.number,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: o.subscription.metadata, subscription: o.subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: o.period.end,
    period_start: o.period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: o.balance,
    statement_descriptor: null,
    status: 'open',
    status_transitions: {
      finalized_at: o.created,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    subtotal: total,
    subtotal_excluding_tax: total,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}
