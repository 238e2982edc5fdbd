import type { z } from 'zod';
import { problemsByField } from '@/server/foundation/errors';
import { receivedBody } from '@/server/foundation/stored-body';
import {
  chargeOfEvent,
  creditNoteOfEvent,
  invoiceNamedByEvent,
  invoicePaymentOfEvent,
  refundOrDisputeOfEvent,
} from './payment-wire';
import { isWholeAmount } from './stripe-amount';
import {
  checkoutOfEvent,
  eventEnvelope,
  type InvoiceOfEvent,
  invoiceOfEvent,
  subscriptionOfEvent,
} from './stripe-wire';

/** The payment that an event is about, as far as the event names it. */
interface PaymentOfEvent {
  invoice?: string | null | undefined;
  charge?: string | null | undefined;
  payment_intent?: string | null | undefined;
  /** A refund or a dispute, if the event may name nothing else. */
  refundOrDispute?: { kind: 'refund' | 'dispute'; id: string };
  /** The invoice as the event has it, if the event says that it is paid. */
  paid?: InvoiceOfEvent;
}

/** Customer of an event and the parts of it that are used. */
export interface Subject {
  /** Null if the event does not name it. */
  customer: string | null;
  subscription: string | null;
  payment?: PaymentOfEvent;
}
/** `unreadable` lists the fields with an unexpected shape by name only, because their contents may be personal data. */
type ReadSubject =
  | { kind: 'subject'; subject: Subject }
  | { kind: 'ignored' }
  | { kind: 'unreadable'; fields: string[] };

const IGNORED: ReadSubject = { kind: 'ignored' };
const unreadable = (error: z.ZodError, under: string[] = []): ReadSubject => ({
  kind: 'unreadable',
  fields: Object.keys(problemsByField(error)).map((field) => [...under, field].filter(Boolean).join('.')),
});
const inObject = (error: z.ZodError) => unreadable(error, ['data', 'object']);
const about = (subject: Subject): ReadSubject => ({ kind: 'subject', subject });

type EventObject = z.output<typeof eventEnvelope>['data']['object'];
type Reader = (object: EventObject) => ReadSubject;

const readCheckout: Reader = (object) => {
  // Events without a customer are not ours.
  if (!object.customer) return IGNORED;
  const { data, error } = checkoutOfEvent.safeParse(object);
  return data ? about({ customer: data.customer, subscription: data.subscription ?? null }) : inObject(error);
};

const readSubscription: Reader = (object) => {
  const { data, error } = subscriptionOfEvent.safeParse(object);
  return data ? about({ customer: data.customer, subscription: data.id }) : inObject(error);
};

function readInvoice(object: EventObject, isPaid: boolean): ReadSubject {
  if (!object.customer) return IGNORED;
  const { data, error } = invoiceOfEvent.safeParse(object);
  if (!data) return inObject(error);
  if (!isWholeAmount(data.amount_paid, data.currency))
    return { kind: 'unreadable', fields: ['data.object.amount_paid'] };
  return about({
    customer: data.customer,
    subscription: data.parent?.subscription_details?.subscription ?? data.subscription ?? null,
    ...(isPaid ? { payment: { invoice: data.id, paid: data } } : {}),
  });
}

/** Of an invoice whose payments changed. */
const readChangedInvoice: Reader = (object) => {
  if (!object.customer) return IGNORED;
  const { data, error } = invoiceNamedByEvent.safeParse(object);
  return data
    ? about({ customer: data.customer, subscription: null, payment: { invoice: data.id } })
    : inObject(error);
};

const readInvoicePayment: Reader = (object) => {
  const { data, error } = invoicePaymentOfEvent.safeParse(object);
  return data
    ? about({ customer: null, subscription: null, payment: { invoice: data.invoice } })
    : inObject(error);
};

const readCreditNote: Reader = (object) => {
  const { data, error } = creditNoteOfEvent.safeParse(object);
  return data
    ? about({ customer: data.customer, subscription: null, payment: { invoice: data.invoice } })
    : inObject(error);
};

const readCharge: Reader = (object) => {
  const { data, error } = chargeOfEvent.safeParse(object);
  return data
    ? about({
        customer: data.customer ?? null,
        subscription: null,
        payment: { charge: data.id, invoice: data.invoice },
      })
    : inObject(error);
};

function readRefundOrDispute(object: EventObject, kind: 'refund' | 'dispute'): ReadSubject {
  const { data, error } = refundOrDisputeOfEvent.safeParse(object);
  if (!data) return inObject(error);
  const { id, charge, payment_intent } = data;
  return about({
    customer: null,
    subscription: null,
    payment: { charge, payment_intent, refundOrDispute: { kind, id } },
  });
}
const readRefund: Reader = (object) => readRefundOrDispute(object, 'refund');
const readDispute: Reader = (object) => readRefundOrDispute(object, 'dispute');

/** How each event is read, in the order of docs/running.md. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['checkout.session.completed', readCheckout],
  ['customer.subscription.created', readSubscription],
  ['customer.subscription.updated', readSubscription],
  ['customer.subscription.deleted', readSubscription],
  ['customer.subscription.paused', readSubscription],
  ['customer.subscription.resumed', readSubscription],
  ['invoice.paid', (object) => readInvoice(object, true)],
  ['invoice.payment_failed', (object) => readInvoice(object, false)],
  ['invoice.voided', readChangedInvoice],
  ['invoice.marked_uncollectible', readChangedInvoice],
  ['invoice.overpaid', readChangedInvoice],
  ['invoice_payment.paid', readInvoicePayment],
  ['charge.refunded', readCharge],
  ['charge.refund.updated', readRefund],
  ['refund.created', readRefund],
  ['refund.updated', readRefund],
  ['refund.failed', readRefund],
  ['credit_note.created', readCreditNote],
  ['credit_note.updated', readCreditNote],
  ['credit_note.voided', readCreditNote],
  ['charge.dispute.created', readDispute],
  ['charge.dispute.updated', readDispute],
  ['charge.dispute.funds_withdrawn', readDispute],
  ['charge.dispute.funds_reinstated', readDispute],
  ['charge.dispute.closed', readDispute],
]);
/** The events that the endpoint of an installation must receive. */
export const STRIPE_EVENTS: readonly string[] = [...READERS.keys()];

/** Reads the subject of a Stripe event. */
export const subjectOf = ({ type, data }: z.output<typeof eventEnvelope>): ReadSubject =>
  READERS.get(type)?.(data.object) ?? IGNORED;

/** Returns the names of the fields of a stored body whose shape is unknown. Empty if this version can read it; null if it is not JSON. */
export function unknownFields(body: string): string[] | null {
  let received: unknown;
  try {
    received = JSON.parse(receivedBody(body));
  } catch {
    return null;
  }
  const envelope = eventEnvelope.safeParse(received);
  const read = envelope.success ? subjectOf(envelope.data) : unreadable(envelope.error);
  return read.kind === 'unreadable' ? read.fields : [];
}
