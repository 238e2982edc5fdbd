import type Stripe from 'stripe';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { sandboxInternalUrl, sandboxStripe } from '@/server/foundation/sandbox-config';
import type { Plan } from '../plans/plans';

export type PaidPlan = Exclude<Plan, 'free'>;

/** Stripe's client with this installation's settings for its account. */
export interface StripeGateway {
  readonly client: Stripe;
  readonly environment: 'live' | 'sandbox';
  readonly webhookSecret: string;
  readonly prices: Record<PaidPlan, string>;
}

let cached: Promise<StripeGateway> | undefined;

/** Returns the configured account, else the sandbox's. Throws `unavailable` if there is neither. */
export function stripeGateway(): Promise<StripeGateway> {
  cached ??= open().catch((error) => {
    cached = undefined;
    throw error;
  });
  return cached;
}

async function open(): Promise<StripeGateway> {
  const e = env();
  const { default: StripeClient } = await import('stripe');
  if (e.STRIPE_SECRET_KEY && e.STRIPE_WEBHOOK_SECRET && e.STRIPE_PRICE_PRO && e.STRIPE_PRICE_AGENCY) {
    return {
      client: new StripeClient(e.STRIPE_SECRET_KEY, { maxNetworkRetries: 2, timeout: 20_000 }),
      environment: 'live',
      webhookSecret: e.STRIPE_WEBHOOK_SECRET,
      prices: { pro: e.STRIPE_PRICE_PRO, agency: e.STRIPE_PRICE_AGENCY },
    };
  }
  if (!e.sandbox) throw new AppError('unavailable', fact('billing.errors.notSetUp'));
  const account = sandboxStripe();
  // The client does not support a base path, so the URL is rewritten on the way out.
  const reach: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return fetch(`${sandboxInternalUrl()}/stripe${url.pathname}${url.search}`, init);
  };
  return {
    client: new StripeClient(account.secretKey, {
      maxNetworkRetries: 2,
      timeout: 20_000,
      httpClient: StripeClient.createFetchHttpClient(reach),
    }),
    environment: 'sandbox',
    webhookSecret: account.webhookSecret,
    prices: account.prices,
  };
}
