import { z } from 'zod';
import { epochSeconds, token, whole } from '@/server/foundation/inputs';

/** A Stripe id with this prefix. */
export const stripeId = (prefix: string) => token({ max: 255 }).refine((id) => id.startsWith(`${prefix}_`));
/** A Stripe object, either its id or expanded. */
export const reference = (prefix: string) =>
  z.union([stripeId(prefix), z.object({ id: stripeId(prefix) }).transform(({ id }) => id)]);

/** The envelope of every event. The signature proves that it is Stripe's, not that its shape is known. */
export const eventEnvelope = z.object({
  id: stripeId('evt'),
  type: token({ min: 1, max: 200 }),
  data: z.object({ object: z.looseObject({}) }),
});

export const checkoutOfEvent = z.object({
  customer: reference('cus'),
  subscription: reference('sub').nullish(),
});
export const subscriptionOfEvent = z.object({ id: stripeId('sub'), customer: reference('cus') });
/** In Stripe's units; see `moneyOfStripe`. */
export const stripeAmount = () => whole({ min: 0, max: 1_000_000_000_000 });
export const stripeCurrency = () => token({ max: 3 }).regex(/^[a-z]{3}$/);

export const invoiceOfEvent = z.object({
  id: stripeId('in'),
  customer: reference('cus'),
  amount_paid: stripeAmount(),
  currency: stripeCurrency(),
  created: epochSeconds(),
  status_transitions: z.object({ paid_at: epochSeconds().nullish() }).nullish(),
  parent: z
    .object({ subscription_details: z.object({ subscription: reference('sub').nullish() }).nullish() })
    .nullish(),
  /** Where API versions before 2025-03-31 name the subscription. */
  subscription: reference('sub').nullish(),
});
export type InvoiceOfEvent = z.output<typeof invoiceOfEvent>;

const subscriptionItem = z.object({
  price: z.object({
    id: token({ max: 255 }),
    lookup_key: token({ max: 255 }).nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish(),
    product: reference('prod').nullish().catch(null),
  }),
  current_period_end: epochSeconds().nullish(),
});
/** A subscription as Stripe returns it. */
export const subscriptionAnswer = z.object({
  id: stripeId('sub'),
  customer: reference('cus'),
  status: token({ min: 1, max: 40 }),
  cancel_at_period_end: z.boolean(),
  items: z.object({ data: z.array(subscriptionItem).max(100) }),
});
export type SubscriptionAnswer = z.output<typeof subscriptionAnswer>;
export type SubscriptionItem = z.output<typeof subscriptionItem>;
