import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { isMissing, isMissingCustomer } from './stripe-errors';
import type { StripeGateway } from './stripe-gateway';
import { type SubscriptionAnswer, subscriptionAnswer } from './stripe-wire';

/** More subscriptions than any workspace has had; a longer list is not ours to understand. */
const MAX = 500;

/**
 * All subscriptions of a customer, ended ones too, the newest first. A customer that was deleted at Stripe has none: Stripe ends its
 * subscriptions with it. Throws Stripe's error for a customer that its account never had, and `platform_failed` when an answer is not
 * as we know it.
 */
export async function subscriptionsOfCustomer(
  gateway: StripeGateway,
  customer: string,
): Promise<SubscriptionAnswer[]> {
  try {
    const all = await gateway.client.subscriptions
      .list({ customer, status: 'all', limit: 100 })
      .autoPagingToArray({ limit: MAX });
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
