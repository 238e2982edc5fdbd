import type { z } from 'zod';
import { problemsByField } from '@/server/foundation/errors';
import { isWholeAmount } from './stripe-amount';
import {
  checkoutOfEvent,
  eventEnvelope,
  type InvoiceOfEvent,
  invoiceOfEvent,
  subscriptionOfEvent,
} from './stripe-wire';

/** Customer of an event and the parts of it that are used. */
export interface Subject {
  customer: string;
  subscription: string | null;
  invoice?: InvoiceOfEvent;
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
      if (data && !isWholeAmount(data.amount_paid, data.currency))
        return { kind: 'unreadable', fields: ['data.object.amount_paid'] };
      return data
        ? about({
            customer: data.customer,
            subscription: data.parent?.subscription_details?.subscription ?? null,
            invoice: data,
          })
        : inObject(error);
    }
    default:
      return IGNORED;
  }
}

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
