import type { z } from 'zod';
import { problemsByField } from '@/server/foundation/errors';
import {
  chargeOfEvent,
  creditNoteOfEvent,
  invoiceNamedByEvent,
  invoicePaymentOfEvent,
  paybackOfEvent,
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
export interface PaymentOfEvent {
  invoice?: string | null | undefined;
  charge?: string | null | undefined;
  payment_intent?: string | null | undefined;
  /** A refund or a dispute, if the event may name nothing else. */
  payback?: { kind: 'refund' | 'dispute'; id: string };
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
export type ReadSubject =
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

/** Reads the subject of a Stripe event. */
export function subjectOf(event: z.output<typeof eventEnvelope>): ReadSubject {
  const { object } = event.data;
  switch (event.type) {
    case 'checkout.session.completed': {
      // Events without a customer are not ours.
      if (!object.customer) return IGNORED;
      const { data, error } = checkoutOfEvent.safeParse(object);
      return data
        ? about({ customer: data.customer, subscription: data.subscription ?? null })
        : inObject(error);
    }
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed': {
      const { data, error } = subscriptionOfEvent.safeParse(object);
      return data ? about({ customer: data.customer, subscription: data.id }) : inObject(error);
    }
    case 'invoice.paid':
    case 'invoice.payment_failed': {
      if (!object.customer) return IGNORED;
      const { data, error } = invoiceOfEvent.safeParse(object);
      if (!data) return inObject(error);
      if (!isWholeAmount(data.amount_paid, data.currency))
        return { kind: 'unreadable', fields: ['data.object.amount_paid'] };
      return about({
        customer: data.customer,
        subscription: data.parent?.subscription_details?.subscription ?? data.subscription ?? null,
        ...(event.type === 'invoice.paid' ? { payment: { invoice: data.id, paid: data } } : {}),
      });
    }
    default:
      return paymentOf(event);
  }
}

/** Reads the subject of an event about money that was given back or taken back, or about an invoice whose payments changed. */
function paymentOf({ type, data: { object } }: z.output<typeof eventEnvelope>): ReadSubject {
  switch (type) {
    case 'invoice.voided':
    case 'invoice.marked_uncollectible':
    case 'invoice.overpaid': {
      if (!object.customer) return IGNORED;
      const { data, error } = invoiceNamedByEvent.safeParse(object);
      return data
        ? about({ customer: data.customer, subscription: null, payment: { invoice: data.id } })
        : inObject(error);
    }
    case 'invoice_payment.paid': {
      const { data, error } = invoicePaymentOfEvent.safeParse(object);
      return data
        ? about({ customer: null, subscription: null, payment: { invoice: data.invoice } })
        : inObject(error);
    }
    case 'credit_note.created':
    case 'credit_note.updated':
    case 'credit_note.voided': {
      const { data, error } = creditNoteOfEvent.safeParse(object);
      return data
        ? about({ customer: data.customer, subscription: null, payment: { invoice: data.invoice } })
        : inObject(error);
    }
    case 'charge.refunded': {
      const { data, error } = chargeOfEvent.safeParse(object);
      return data
        ? about({
            customer: data.customer ?? null,
            subscription: null,
            payment: { charge: data.id, invoice: data.invoice },
          })
        : inObject(error);
    }
    case 'charge.refund.updated':
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return paybackOf(object, 'refund');
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
    case 'charge.dispute.closed':
      return paybackOf(object, 'dispute');
    default:
      return IGNORED;
  }
}

function paybackOf(object: Record<string, unknown>, kind: 'refund' | 'dispute'): ReadSubject {
  const { data, error } = paybackOfEvent.safeParse(object);
  if (!data) return inObject(error);
  const { id, charge, payment_intent } = data;
  return about({
    customer: null,
    subscription: null,
    payment: { charge, payment_intent, payback: { kind, id } },
  });
}

/** The events that the endpoint of an installation must receive. */
export const STRIPE_EVENTS = [
  'checkout.session.completed',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.voided',
  'invoice.marked_uncollectible',
  'invoice.overpaid',
  'invoice_payment.paid',
  'charge.refunded',
  'charge.refund.updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'credit_note.created',
  'credit_note.updated',
  'credit_note.voided',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
] as const;

/** Prefix of a stored body that is base64-encoded because a database text cannot hold it. */
export const BASE64 = 'base64:';

/** Returns the names of the fields of a stored body whose shape is unknown. Empty if this version can read it; null if it is not JSON. */
export function unknownFields(body: string): string[] | null {
  let received: unknown;
  try {
    const encoded = body.startsWith(BASE64) ? Buffer.from(body.slice(BASE64.length), 'base64') : null;
    received = JSON.parse(encoded?.toString() ?? body);
  } catch {
    return null;
  }
  const envelope = eventEnvelope.safeParse(received);
  const read = envelope.success ? subjectOf(envelope.data) : unreadable(envelope.error);
  return read.kind === 'unreadable' ? read.fields : [];
}
