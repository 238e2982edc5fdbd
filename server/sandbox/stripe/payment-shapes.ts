import type { StripeObject } from './store';

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

export const paymentIntentShape = (o: {
  id: string;
  amount: number;
  charge: string;
  created: number;
  currency: string;
  customer: string;
  method: string | null;
}): StripeObject => ({
  id: o.id,
  object: 'payment_intent',
  amount: o.amount,
  amount_capturable: 0,
  amount_received: o.amount,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: null,
  canceled_at: null,
  cancellation_reason: null,
  capture_method: 'automatic',
  confirmation_method: 'automatic',
  created: o.created,
  currency: o.currency,
  customer: o.customer,
  customer_account: null,
  description: 'Subscription payment',
  excluded_payment_method_types: null,
  latest_charge: o.charge,
  livemode: false,
  managed_payments: null,
  metadata: {},
  payment_method: o.method,
  payment_method_configuration_details: null,
  payment_method_types: ['card'],
  source: null,
  status: 'succeeded',
});

export const chargeShape = (o: {
  id: string;
  amount: number;
  balanceTransaction: string;
  created: number;
  currency: string;
  customer: StripeObject;
  intent: string;
  method: StripeObject | null;
}): StripeObject => {
  const card = o.method?.card as
    | { brand: string; exp_month: number; exp_year: number; last4: string }
    | undefined;
  return {
    id: o.id,
    object: 'charge',
    amount: o.amount,
    amount_captured: o.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: o.balanceTransaction,
    billing_details: {
      address: NO_ADDRESS,
      email: o.customer.email ?? null,
      name: o.customer.name ?? null,
      phone: null,
      tax_id: null,
    },
    calculated_statement_descriptor: 'TRIBUTARY',
    captured: true,
    created: o.created,
    currency: o.currency,
    customer: o.customer.id,
    description: 'Subscription payment',
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'approved_by_network',
      reason: null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    },
    paid: true,
    payment_intent: o.intent,
    payment_method: o.method?.id ?? null,
    payment_method_details: card
      ? {
          card: {
            brand: card.brand,
            checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
            country: 'US',
            exp_month: card.exp_month,
            exp_year: card.exp_year,
            fingerprint: 'AOB934RVNwzk6xtn',
            funding: 'credit',
            installments: null,
            last4: card.last4,
            mandate: null,
            network: 'visa',
            three_d_secure: null,
            wallet: null,
          },
          type: 'card',
        }
      : null,
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  };
};

/** The part of an invoice that a payment intent, or money outside of Stripe, paid. */
export const invoicePaymentShape = (o: {
  id: string;
  amount: number;
  created: number;
  currency: string;
  invoice: string;
  payment: { type: string; payment_intent?: string; payment_record?: string };
}): StripeObject => ({
  id: o.id,
  object: 'invoice_payment',
  amount_paid: o.amount,
  amount_requested: o.amount,
  created: o.created,
  currency: o.currency,
  invoice: o.invoice,
  is_default: true,
  livemode: false,
  payment: o.payment,
  status: 'paid',
  status_transitions: { canceled_at: null, paid_at: o.created },
});

/** A movement of the account's balance. Negative amounts leave the account; a fee leaves it in addition. */
export const balanceTransactionShape = (o: {
  id: string;
  amount: number;
  created: number;
  currency: string;
  category: 'charge' | 'refund' | 'refund_failure' | 'dispute' | 'dispute_reversal';
  source: string;
  fee?: { amount: number; description: string };
}): StripeObject => ({
  id: o.id,
  object: 'balance_transaction',
  amount: o.amount,
  available_on: o.created,
  balance_type: 'payments',
  created: o.created,
  currency: o.currency,
  description: null,
  exchange_rate: null,
  fee: o.fee?.amount ?? 0,
  fee_details: o.fee ? [{ ...o.fee, application: null, currency: o.currency, type: 'stripe_fee' }] : [],
  net: o.amount - (o.fee?.amount ?? 0),
  reporting_category: o.category,
  source: o.source,
  status: 'available',
  type:
    o.category === 'refund_failure'
      ? 'refund_failure'
      : o.category === 'dispute' || o.category === 'dispute_reversal'
        ? 'adjustment'
        : o.category,
});

export const refundShape = (o: {
  id: string;
  amount: number;
  balanceTransaction: string;
  charge: StripeObject;
  created: number;
  metadata: Record<string, string>;
  reason: string | null;
  status: 'pending' | 'succeeded';
}): StripeObject => ({
  id: o.id,
  object: 'refund',
  amount: o.amount,
  balance_transaction: o.balanceTransaction,
  charge: o.charge.id,
  created: o.created,
  currency: o.charge.currency,
  customer: o.charge.customer,
  customer_account: null,
  destination_details: { card: { type: 'refund' }, type: 'card' },
  metadata: o.metadata,
  payment_intent: o.charge.payment_intent,
  payment_method: o.charge.payment_method,
  reason: o.reason,
  receipt_number: null,
  source_transfer_reversal: null,
  status: o.status,
  transfer_reversal: null,
});

const EVIDENCE = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
];

export const disputeShape = (o: {
  id: string;
  amount: number;
  charge: StripeObject;
  created: number;
  inquiry: boolean;
}): StripeObject => ({
  id: o.id,
  object: 'dispute',
  amount: o.amount,
  balance_transactions: [],
  charge: o.charge.id,
  created: o.created,
  currency: o.charge.currency,
  enhanced_eligibility_types: [],
  evidence: { ...Object.fromEntries(EVIDENCE.map((name) => [name, null])), enhanced_evidence: {} },
  evidence_details: {
    due_by: o.created + 7 * 86_400,
    enhanced_eligibility: {},
    has_evidence: false,
    past_due: false,
    submission_count: 0,
  },
  is_charge_refundable: o.inquiry,
  livemode: false,
  metadata: {},
  payment_intent: o.charge.payment_intent,
  payment_method_details: {
    card: {
      brand: 'visa',
      case_type: o.inquiry ? 'inquiry' : 'chargeback',
      network: 'visa',
      network_reason_code: '10.4',
    },
    type: 'card',
  },
  reason: 'fraudulent',
  status: o.inquiry ? 'warning_needs_response' : 'needs_response',
});

export const creditNoteShape = (o: {
  id: string;
  amount: number;
  created: number;
  invoice: StripeObject;
  number: string;
  prePayment: number;
  outside: number;
  balanceTransaction: string | null;
  refunds: { refund: string; amount: number }[];
  memo: string | null;
  reason: string | null;
  url: string;
}): StripeObject => ({
  id: o.id,
  object: 'credit_note',
  amount: o.amount,
  amount_shipping: 0,
  created: o.created,
  currency: o.invoice.currency,
  customer: o.invoice.customer,
  customer_account: null,
  customer_balance_transaction: o.balanceTransaction,
  discount_amount: 0,
  discount_amounts: [],
  effective_at: o.created,
  invoice: o.invoice.id,
  lines: {
    object: 'list',
    has_more: false,
    url: `/v1/credit_notes/${o.id}/lines`,
    data: [
      {
        id: `cnli_${o.id.slice(3)}`,
        object: 'credit_note_line_item',
        amount: o.amount,
        description: 'Credit',
        discount_amount: 0,
        discount_amounts: [],
        livemode: false,
        metadata: null,
        pretax_credit_amounts: [],
        quantity: 1,
        tax_rates: [],
        taxes: null,
        type: 'custom_line_item',
        unit_amount: o.amount,
        unit_amount_decimal: String(o.amount),
      },
    ],
  },
  livemode: false,
  memo: o.memo,
  metadata: {},
  number: o.number,
  out_of_band_amount: o.outside > 0 ? o.outside : null,
  pdf: o.url,
  post_payment_amount: o.amount - o.prePayment,
  pre_payment_amount: o.prePayment,
  pretax_credit_amounts: [],
  reason: o.reason,
  refunds: o.refunds.map(({ refund, amount }) => ({
    amount_refunded: amount,
    payment_record_refund: null,
    refund,
    type: 'refund',
  })),
  shipping_cost: null,
  status: 'issued',
  subtotal: o.amount,
  subtotal_excluding_tax: o.amount,
  total: o.amount,
  total_excluding_tax: o.amount,
  total_taxes: null,
  type: o.prePayment > 0 ? 'pre_payment' : 'post_payment',
  voided_at: null,
});

export const customerBalanceShape = (o: {
  id: string;
  amount: number;
  created: number;
  creditNote: string | null;
  currency: string;
  customer: string;
  description: string | null;
  endingBalance: number;
  invoice: string | null;
  type: 'adjustment' | 'applied_to_invoice' | 'credit_note' | 'unapplied_from_invoice';
}): StripeObject => ({
  id: o.id,
  object: 'customer_balance_transaction',
  amount: o.amount,
  checkout_session: null,
  created: o.created,
  credit_note: o.creditNote,
  currency: o.currency,
  customer: o.customer,
  customer_account: null,
  description: o.description,
  ending_balance: o.endingBalance,
  invoice: o.invoice,
  livemode: false,
  metadata: null,
  type: o.type,
});
