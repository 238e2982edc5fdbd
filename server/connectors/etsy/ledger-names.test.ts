import { describe, expect, it } from 'vitest';
import { nameOf } from '@/server/foundation/facts';
import { lineOf, readEntry } from './transform';
import { ledgerEntry } from './wire';

/**
 * The names that lines of Etsy's payment account have in public. Etsy documents none of them: they are from its issue tracker
 * (https://github.com/etsy/open-api/issues/442, 751, 302, 70) and from programs that read the accounts of real shops.
 */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  payment: ['PAYMENT', 'PAYMENT_GROSS'],
  refund: ['REFUND', 'REFUND_GROSS'],
  tax: ['sales_tax', 'sales_tax_refund'],
  'transfer bank': [
    'DISBURSE',
    'DISBURSE2',
    'ADYENBALANCE_REVERSAL',
    'RECOUP',
    'recoupment',
    'billing_payment',
    'seller_onboarding_fee_payment',
  ],
  'transfer reserve': ['RESERVE', 'reserve_release'],
  'fee transaction': [
    'transaction',
    'transaction_refund',
    'shipping_transaction',
    'shipping_transaction_refund',
  ],
  'fee processing': ['PAYMENT_PROCESSING_FEE', 'REFUND_PROCESSING_FEE'],
  'fee listing': [
    'listing',
    'listing_refund',
    'listing_private',
    'listing_private_refund',
    'transaction_quantity',
    'transaction_quantity_refund',
  ],
  'fee renewal': [
    'renew',
    'renew_refund',
    'renew_sold',
    'renew_sold_refund',
    'renew_sold_auto',
    'renew_sold_auto_refund',
    'renew_expired',
    'renew_expired_refund',
    'auto_renew_expired',
    'auto_renew_expired_refund',
    'renew_option',
  ],
  'fee advertising': ['prolist', 'prolist_refund', 'offsite_ads_fee', 'offsite_ads_fee_refund', 'search_ads'],
  'fee tax': [
    'vat_seller_services',
    'vat_seller_services_refund',
    'vat_on_processing_fees',
    'shipping_label_taxes',
    'shipping_label_adjustment_taxes',
  ],
  'fee shareAndSave': ['SELLER_DRIVEN_TRAFFIC_CREDIT'],
  // Under Etsy's own name.
  'fee named': [
    'regulatory_operating_fee',
    'regulatory_operating_fee_refund',
    'buyer_fee',
    'gift_wrap_fees',
    'seller_onboarding_fee',
    'DEPOSIT_FEE',
  ],
  'fee namedFee': [
    'shipping_labels',
    'shipping_label_refund',
    'shipping_label_insurance',
    'shipping_label_adjustment',
    'shipping_label_usps_adjustment_credit',
    'tier_2_subscription',
  ],
  // What they are is not known, or the sources disagree: docs/decisions/0015-ledger-accounts.md.
  unknown: [
    'vat_tax_ep',
    'VAT_REFUND_EP',
    'vat_tax',
    'seller_credit',
    'REFUND_DISPUTE',
    'seller_paid_for_return_shipping',
    'etsy_asap',
    'marketing',
  ],
};

const familyOf = (type: string, amount: number): string => {
  const entry = readEntry(
    lineOf(ledgerEntry.parse({ entry_id: 1, amount, currency: 'USD', ledger_type: type }), new Date(0)),
  );
  if (entry.kind === 'transfer') return `transfer ${entry.transfer.to}`;
  return entry.kind === 'fee' ? `fee ${nameOf(entry.fee.kind)?.split('.').at(-1) ?? 'named'}` : entry.kind;
};

describe('the names of lines', () => {
  it.each(Object.entries(NAMES))('are read as %s', (family, types) => {
    for (const type of types)
      for (const amount of type === 'billing_payment' ? [500] : [-500, 500])
        expect([type, familyOf(type, amount)]).toEqual([type, family]);
  });

  it('are read whatever their case', () => {
    for (const [family, types] of Object.entries(NAMES))
      for (const type of types)
        for (const written of [type.toUpperCase(), type.toLowerCase()])
          expect([written, familyOf(written, 500)]).toEqual([written, family]);
  });
});
