import Stripe from 'stripe';
import type { Db } from '@/db/client';
import { sandboxStripe } from '@/server/foundation/sandbox-config';
import { sandboxHandler } from '@/server/sandbox/handler';
import type { World } from '@/tests/support/world';
import { openCheckout } from './start-checkout';
import type { StripeGateway } from './stripe-gateway';

/** One webhook as sent by the sandbox's Stripe. */
export interface Delivery {
  body: string;
  signature: string;
  type: string;
}

/** The sandbox's Stripe in this process; its webhooks are recorded instead of sent. */
export function stripeBench(db: Db, world: World) {
  const deliveries: Delivery[] = [];
  const reach = sandboxHandler({
    db,
    clock: world.clock,
    publicUrl: 'http://app.test/sandbox',
    appUrl: 'http://app.test',
    internalAppUrl: 'http://app.test',
    fetch: async (_url, init) => {
      const body = String(init?.body);
      deliveries.push({
        body,
        signature: new Headers(init?.headers).get('stripe-signature') ?? '',
        type: JSON.parse(body).type,
      });
      return new Response('ok');
    },
  });
  const account = sandboxStripe();
  const viaHandler: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return reach(new Request(`http://app.test/sandbox/stripe${url.pathname}${url.search}`, init));
  };
  const gateway: StripeGateway = {
    client: new Stripe(account.secretKey, {
      maxNetworkRetries: 0,
      httpClient: Stripe.createFetchHttpClient(viaHandler),
    }),
    environment: 'sandbox',
    webhookSecret: account.webhookSecret,
    prices: account.prices,
  };
  const pay = (url: string, card = '4242424242424242'): Promise<Response> =>
    reach(
      new Request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: 'http://app.test',
          'sec-fetch-site': 'same-origin',
        },
        body: new URLSearchParams({ card, expiry: '12/30', cvc: '123', name: 'Ada', email: world.email }),
      }),
    );
  /** Does something in Stripe's dashboard, or as a cardholder's bank, by the sandbox's control API. */
  const dashboard = async (
    action: string,
    input: Record<string, unknown>,
  ): Promise<Record<string, string>> => {
    const answer = await reach(
      new Request(`http://app.test/sandbox/control/stripe/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      }),
    );
    if (!answer.ok) throw new Error(`The sandbox refused ${action}: ${await answer.text()}`);
    return answer.json();
  };
  return {
    deliveries,
    gateway,
    dashboard,
    /** Requests a page from the sandbox, as a browser would. */
    reach,
    pay,
    /** Pays for a plan on the sandbox's page and returns the checkout's id. */
    async buy(plan: 'pro' | 'agency' = 'pro'): Promise<string> {
      const { url } = await openCheckout(world.ctx, { plan, returnTo: '/settings/billing' }, gateway);
      const answer = await pay(url);
      if (answer.status !== 303) throw new Error(`The sandbox responded with ${answer.status}`);
      return new URL(answer.headers.get('location') ?? '').searchParams.get('checkout') ?? '';
    },
    /** Signs a body as Stripe would at the current time. */
    sign: (body: string): string =>
      gateway.client.webhooks.generateTestHeaderString({
        payload: body,
        secret: gateway.webhookSecret,
        timestamp: Math.floor(world.clock.now().getTime() / 1000),
      }),
  };
}
