import { PLANS } from '../plans/plans';
import type { Subscription } from './customer';
import { isMissing } from './stripe-errors';
import type { PaidPlan, StripeGateway } from './stripe-gateway';
import type { SubscriptionAnswer, SubscriptionItem } from './stripe-wire';

/** Metadata key of a Stripe price that names its plan: `pro` or `agency`. */
const METADATA_KEY = 'tributary_plan';
const PAID_PLANS = ['pro', 'agency'] as const satisfies PaidPlan[];
const paidPlan = (name: unknown): PaidPlan | null => PAID_PLANS.find((plan) => plan === name) ?? null;

/** A subscription with its plan (null if none of its prices is known) and the item that determines it. */
export interface Recognized {
  remote: SubscriptionAnswer;
  plan: PaidPlan | null;
  item: SubscriptionItem | null;
}

/**
 * Determines the plan of a subscription from all of its items: by the configured prices, by a price's metadata (`tributary_plan`) or lookup
 * key (`tributary_pro`, or with a suffix as in `tributary_pro_yearly`), by the price from which this workspace's plan was last recognized,
 * and by the product, so that yearly, older and customer-specific prices of the same product count. Queries Stripe for the products of the
 * configured prices if nothing else matches. Of several plans, the largest counts.
 */
export async function recognize(
  gateway: StripeGateway,
  remote: SubscriptionAnswer,
  known: Pick<Subscription, 'priceId' | 'plan'> | undefined,
): Promise<Recognized> {
  const items = remote.items.data;
  const found = items.map((item) => ({ item, plan: planOfPrice(gateway, item.price, known) }));
  if (found.every(({ plan }) => plan === null)) {
    const products = await plansByProduct(gateway);
    for (const entry of found) entry.plan = products.get(entry.item.price.product ?? '') ?? null;
  }
  let best: { item: SubscriptionItem; plan: PaidPlan } | null = null;
  for (const { item, plan } of found)
    if (plan && (!best || PLANS.indexOf(plan) > PLANS.indexOf(best.plan))) best = { item, plan };
  return { remote, plan: best?.plan ?? null, item: best?.item ?? null };
}

function planOfPrice(
  gateway: StripeGateway,
  price: SubscriptionItem['price'],
  known: Pick<Subscription, 'priceId' | 'plan'> | undefined,
): PaidPlan | null {
  const lookup = /^tributary_([a-z]+)(?:_|$)/.exec(price.lookup_key ?? '');
  return (
    PAID_PLANS.find((plan) => gateway.prices[plan] === price.id) ??
    paidPlan(price.metadata?.[METADATA_KEY]) ??
    paidPlan(lookup?.[1]) ??
    (known?.priceId === price.id ? paidPlan(known.plan) : null)
  );
}

const products = new WeakMap<StripeGateway['prices'], Promise<Map<string, PaidPlan>>>();

/** Returns the products of the configured prices. A product with prices of both plans is ambiguous and left out. */
function plansByProduct(gateway: StripeGateway): Promise<Map<string, PaidPlan>> {
  let answer = products.get(gateway.prices);
  if (!answer) {
    answer = askProducts(gateway);
    products.set(gateway.prices, answer);
    answer.catch(() => products.delete(gateway.prices));
  }
  return answer;
}

async function askProducts(gateway: StripeGateway): Promise<Map<string, PaidPlan>> {
  const [pro, agency] = await Promise.all(
    PAID_PLANS.map(async (plan) => {
      try {
        const { product } = await gateway.client.prices.retrieve(gateway.prices[plan]);
        return typeof product === 'string' ? product : product.id;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    }),
  );
  const plans = new Map<string, PaidPlan>();
  if (pro === agency) return plans;
  if (pro) plans.set(pro, 'pro');
  if (agency) plans.set(agency, 'agency');
  return plans;
}
