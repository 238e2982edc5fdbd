import { z } from 'zod';
import { epochSeconds, token, whole } from '@/server/foundation/inputs';
import { invoiceOfEvent, reference, stripeAmount, stripeCurrency, stripeId } from './stripe-wire';

/**
 * The id of an object whose prefix depends on the means of payment (`ch_` or `py_`, `re_` or `pyr_`, `dp_` or `du_`), or the expanded
 * object.
 */
const anyId = token({ min: 4, max: 255 }).refine((id) => /^[a-z]+_./.test(id));
const anyReference = z.union([anyId, z.object({ id: anyId }).transform(({ id }) => id)]);

/** Only the ids are read from these events; everything else is asked for. Versions differ in which of the links they have. */
export const chargeOfEvent = z.object({
  id: anyId,
  customer: reference('cus').nullish(),
  /** Until version 2025-03-31. */
  invoice: reference('in').nullish(),
});
export const refundOrDisputeOfEvent = z.object({
  id: anyId,
  charge: anyReference.nullish(),
  payment_intent: anyReference.nullish(),
});
export const creditNoteOfEvent = z.object({
  id: anyId,
  customer: reference('cus'),
  invoice: reference('in'),
});
export const invoiceNamedByEvent = z.object({ id: stripeId('in'), customer: reference('cus') });
export const invoicePaymentOfEvent = z.object({ id: anyId, invoice: reference('in') });

export const invoiceAnswer = invoiceOfEvent
  .omit({ parent: true })
  .extend({ status: token({ max: 40 }).nullish() });
export type InvoiceAnswer = z.output<typeof invoiceAnswer>;

export const chargeAnswer = z.object({
  id: anyId,
  customer: reference('cus').nullish(),
  payment_intent: anyReference.nullish(),
  /** Until version 2025-03-31. */
  invoice: reference('in').nullish(),
  amount: stripeAmount(),
  amount_captured: stripeAmount().nullish(),
  amount_refunded: stripeAmount(),
  currency: stripeCurrency(),
  disputed: z.boolean().nullish(),
});
export type ChargeAnswer = z.output<typeof chargeAnswer>;

export const refundAnswer = z.object({
  id: anyId,
  amount: stripeAmount(),
  currency: stripeCurrency(),
  created: epochSeconds(),
  /** Null before the vendor introduced it. */
  status: token({ max: 40 }).nullish(),
  charge: anyReference.nullish(),
  payment_intent: anyReference.nullish(),
});
export type RefundAnswer = z.output<typeof refundAnswer>;

const balanceTransaction = z.object({
  /** Negative when funds left the account. */
  amount: whole({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
  /** The currency in which the account is paid out, which may differ from the charge's. */
  currency: stripeCurrency(),
  created: epochSeconds(),
  fee: whole({ min: -1_000_000_000_000, max: 1_000_000_000_000 }).nullish(),
});
export const disputeAnswer = z.object({
  id: anyId,
  amount: stripeAmount(),
  currency: stripeCurrency(),
  created: epochSeconds(),
  status: token({ min: 1, max: 40 }),
  charge: anyReference.nullish(),
  payment_intent: anyReference.nullish(),
  /** Ids in a version that does not include the objects. */
  balance_transactions: z
    .array(z.union([anyId, balanceTransaction]))
    .max(20)
    .nullish(),
  evidence_details: z.object({ due_by: epochSeconds().nullish() }).nullish(),
});
export type DisputeAnswer = z.output<typeof disputeAnswer>;

export const creditNoteAnswer = z.object({
  id: anyId,
  invoice: reference('in'),
  currency: stripeCurrency(),
  created: epochSeconds(),
  status: token({ min: 1, max: 40 }),
  out_of_band_amount: stripeAmount().nullish(),
  voided_at: epochSeconds().nullish(),
  /** The single refund of versions before 2025-08-27. */
  refund: anyReference.nullish(),
  refunds: z
    .array(
      z.object({
        amount_refunded: stripeAmount(),
        refund: anyReference.nullish().catch(null),
        type: token({ max: 40 }).nullish(),
      }),
    )
    .nullish(),
});
export type CreditNoteAnswer = z.output<typeof creditNoteAnswer>;

export const customerBalanceAnswer = z.object({
  id: anyId,
  /** Negative credits the customer, positive uses the credit up. */
  amount: whole({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
  currency: stripeCurrency(),
  created: epochSeconds(),
  type: token({ max: 80 }),
  invoice: reference('in').nullish(),
  credit_note: anyReference.nullish(),
});
export type CustomerBalanceAnswer = z.output<typeof customerBalanceAnswer>;

export const invoicePaymentAnswer = z.object({
  invoice: reference('in'),
  status: token({ max: 40 }),
});
