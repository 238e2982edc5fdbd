import { chargeOfRefundOrDispute, findCharge, invoiceOf, invoicesOfCharge } from './customer-payments';
import type { Subject } from './event-subject';
import type { ChargeAnswer } from './payment-wire';
import { callStripe } from './reach-stripe';
import type { NamedByEvent } from './refresh-payments';
import type { StripeGateway } from './stripe-gateway';

/** Whose payment an event is about, and its objects at Stripe. */
interface FoundPayment {
  /** Null if Stripe does not name a customer. */
  customer: string | null;
  named: NamedByEvent;
  /** Returns the invoices that were paid. */
  invoices(): Promise<string[]>;
}

/**
 * Determines the customer and the charge of an event about a payment, asking Stripe for what the event does not say: a refund or a dispute
 * names a charge or a payment intent, depending on the version, and neither names the customer.
 */
export async function findPayment(gateway: StripeGateway, subject: Subject): Promise<FoundPayment> {
  const { payment = {} } = subject;
  const { invoice, paid } = payment;
  const charge = await callStripe(() => chargeOf(gateway, subject));
  let customer = subject.customer ?? charge?.customer ?? null;
  if (!customer && invoice)
    customer = (await callStripe(() => invoiceOf(gateway, invoice)))?.customer ?? null;
  return {
    customer,
    named: {
      ...(paid ? { paid } : {}),
      ...(invoice ? { invoices: [invoice] } : {}),
      ...(charge ? { charges: [charge.id] } : {}),
      ...(charge && invoice ? { invoiceOfCharge: { charge: charge.id, invoice } } : {}),
    },
    invoices: async () =>
      invoice ? [invoice] : charge ? callStripe(() => invoicesOfCharge(gateway, charge)) : [],
  };
}

async function chargeOf(gateway: StripeGateway, { payment = {} }: Subject): Promise<ChargeAnswer | null> {
  const { charge, payment_intent, refundOrDispute } = payment;
  const found = charge || payment_intent ? await findCharge(gateway, { charge, payment_intent }) : null;
  return (
    found ??
    (refundOrDispute ? chargeOfRefundOrDispute(gateway, refundOrDispute.kind, refundOrDispute.id) : null)
  );
}
