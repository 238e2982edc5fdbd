import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { isMissing, isMissingCustomer } from './stripe-errors';
import type { StripeGateway } from './stripe-gateway';
import { type SubscriptionAnswer, subscriptionAnswer } from './stripe-wire';

/** Maximum number of subscriptions read per customer, far more than any workspace has had. Stripe's client allows no more. */
const MAX = 10_000;

/**
 * Returns all subscriptions of a customer, including ended ones, newest first. A customer that was deleted at Stripe has none, because
 * Stripe ends its subscriptions with it. Throws Stripe's error for a customer that this account never had, and `platform_failed` for an
 * unexpected response.
 */
export async function subscriptionsOfCustomer(
  gateway: StripeGateway,
  customer: string,
): Promise<SubscriptionAnswer[]> {
  try {
    const all = await gateway.client.subscriptions
      .list({ customer, status: 'all', limit: 100 })
      .autoPagingToArray({ limit: MAX });
    // Those beyond would be taken for ended.
    if (all.length >= MAX) throw new AppError('platform_failed', fact('billing.errors.notUnderstood'));
    return all.map(readSubscription);
  } catch (error) {
    if (isMissingCustomer(error) && (await isDeleted(gateway, customer))) return [];
    throw error;
  }
}

export function readSubscription(answer: unknown): SubscriptionAnswer {
  const { data, error } = subscriptionAnswer.safeParse(answer);
  if (data) return data;
  throw new AppError('platform_failed', fact('billing.errors.notUnderstood'), {
    cause: error,
  });
}

async function isDeleted(gateway: StripeGateway, customer: string): Promise<boolean> {
  try {
    return (await gateway.client.customers.retrieve(customer)).deleted === true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
