import type { StripeObject } from './store';

const NO_ADDRESS = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
const BIRTH = 1_681_290_000;

export const productShape = (id: string, name: string, price: string | null): StripeObject => ({
  id,
  object: 'product',
  active: true,
  created: BIRTH,
  default_price: price,
  description: null,
  images: [],
  livemode: false,
  marketing_features: [],
  metadata: {},
  name,
  package_dimensions: null,
  shippable: null,
  statement_descriptor: null,
  tax_code: null,
  type: 'service',
  unit_label: null,
  updated: BIRTH,
  url: null,
});

export const priceShape = (id: string, product: string, amount: number): StripeObject => ({
  id,
  object: 'price',
  active: true,
  billing_scheme: 'per_unit',
  created: BIRTH,
  currency: 'usd',
  custom_unit_amount: null,
  livemode: false,
  lookup_key: null,
  metadata: {},
  nickname: null,
  product,
  recurring: {
    interval: 'month',
    interval_count: 1,
    meter: null,
    trial_period_days: null,
    usage_type: 'licensed',
  },
  tax_behavior: 'unspecified',
  tiers_mode: null,
  transform_quantity: null,
  type: 'recurring',
  unit_amount: amount,
  unit_amount_decimal: String(amount),
});

export const customerShape = (o: {
  id: string;
  created: number;
  email: string | null;
  name: string | null;
  metadata: Record<string, string>;
}): StripeObject => ({
  object: 'customer',
  address: null,
  balance: 0,
  currency: 'usd',
  default_source: null,
  delinquent: false,
  description: null,
  discount: null,
  invoice_prefix: o.id.slice(-8).toUpperCase(),
  invoice_settings: {
    custom_fields: null,
    default_payment_method: null,
    footer: null,
    rendering_options: null,
  },
  livemode: false,
  next_invoice_sequence: 1,
  phone: null,
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
  ...o,
});

export const paymentMethodShape = (o: {
  id: string;
  created: number;
  customer: string;
  number: string;
  month: number;
  year: number;
  name: string | null;
  email: string | null;
}): StripeObject => ({
  id: o.id,
  object: 'payment_method',
  allow_redisplay: 'always',
  billing_details: { address: NO_ADDRESS, email: o.email, name: o.name, phone: null, tax_id: null },
  card: {
    brand: 'visa',
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    display_brand: 'visa',
    exp_month: o.month,
    exp_year: o.year,
    fingerprint: 'AOB934RVNwzk6xtn',
    funding: 'credit',
    generated_from: null,
    last4: o.number.slice(-4),
    networks: { available: ['visa'], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  },
  created: o.created,
  customer: o.customer,
  customer_account: null,
  livemode: false,
  metadata: {},
  type: 'card',
});

export interface Period {
  start: number;
  end: number;
}

export const subscriptionItemShape = (o: {
  id: string;
  subscription: string;
  price: StripeObject;
  created: number;
  period: Period;
}): StripeObject => ({
  id: o.id,
  object: 'subscription_item',
  billing_thresholds: null,
  created: o.created,
  current_period_end: o.period.end,
  current_period_start: o.period.start,
  discounts: [],
  metadata: {},
  plan: {
    id: o.price.id,
    object: 'plan',
    active: true,
    amount: o.price.unit_amount,
    amount_decimal: o.price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: o.price.created,
    currency: 'usd',
    interval: 'month',
    interval_count: 1,
    livemode: false,
    metadata: {},
    meter: null,
    nickname: null,
    product: o.price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  },
  price: o.price,
  quantity: 1,
  subscription: o.subscription,
  tax_rates: [],
});

export const subscriptionShape = (o: {
  id: string;
  customer: string;
  created: number;
  paymentMethod: string | null;
  metadata: Record<string, string>;
  items: StripeObject[];
}): StripeObject => ({
  id: o.id,
  object: 'subscription',
  application: null,
  application_fee_percent: null,
  automatic_tax: { enabled: false, liability: null, disabled_reason: null },
  billing_cycle_anchor: o.created,
  billing_cycle_anchor_config: null,
  billing_mode: { type: 'flexible', flexible: { proration_discounts: 'included' } },
  billing_schedules: [],
  billing_thresholds: null,
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, reason: null },
  collection_method: 'charge_automatically',
  created: o.created,
  currency: 'usd',
  customer: o.customer,
  customer_account: null,
  days_until_due: null,
  default_payment_method: o.paymentMethod,
  default_source: null,
  default_tax_rates: [],
  description: null,
  discounts: [],
  ended_at: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  items: {
    object: 'list',
    data: o.items,
    has_more: false,
    url: `/v1/subscription_items?subscription=${o.id}`,
  },
  latest_invoice: null,
  livemode: false,
  managed_payments: null,
  metadata: o.metadata,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  payment_settings: {
    payment_method_options: null,
    payment_method_types: null,
    save_default_payment_method: 'off',
  },
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  start_date: o.created,
  status: 'active',
  test_clock: null,
  transfer_data: null,
  trial_end: null,
  trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' } },
  trial_start: null,
});

export const sessionShape = (o: {
  id: string;
  created: number;
  url: string;
  price: StripeObject;
  customer: string | null;
  email: string | null;
  clientReference: string | null;
  successUrl: string;
  cancelUrl: string | null;
  metadata: Record<string, string>;
}): StripeObject => ({
  id: o.id,
  object: 'checkout.session',
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  amount_subtotal: o.price.unit_amount,
  amount_total: o.price.unit_amount,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  cancel_url: o.cancelUrl,
  client_reference_id: o.clientReference,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  created: o.created,
  currency: 'usd',
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer: o.customer,
  customer_account: null,
  customer_creation: o.customer ? null : 'always',
  customer_details: null,
  customer_email: o.email,
  discounts: [],
  expires_at: o.created + 86_400,
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  metadata: o.metadata,
  mode: 'subscription',
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_collection: 'always',
  payment_method_configuration_details: null,
  payment_method_options: {},
  payment_method_types: ['card'],
  payment_status: 'unpaid',
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: 'open',
  submit_type: null,
  subscription: null,
  success_url: o.successUrl,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: 'hosted',
  url: o.url,
  wallet_options: null,
});

export const portalShape = (o: {
  id: string;
  created: number;
  customer: string;
  returnUrl: string | null;
  url: string;
}): StripeObject => ({
  id: o.id,
  object: 'billing_portal.session',
  configuration: 'bpc_sandbox',
  created: o.created,
  customer: o.customer,
  customer_account: null,
  flow: null,
  livemode: false,
  locale: null,
  on_behalf_of: null,
  return_url: o.returnUrl,
  url: o.url,
});
