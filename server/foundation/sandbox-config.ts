import { createHmac } from 'node:crypto';
import { env } from './env';
import { secrets } from './secrets';

/**
 * What an app registers at a platform's developer portal, for the sandbox: a client id and secret for each platform. The only
 * thing that the sandbox and the connectors both know.
 */
export function sandboxClient(platform: string): { clientId: string; clientSecret: string } {
  return { clientId: `sandbox-${platform}`, clientSecret: derive(`client:${platform}`) };
}

/** The sandbox Stripe account's keys. */
export function sandboxStripe(): {
  secretKey: string;
  webhookSecret: string;
  prices: { pro: string; agency: string };
} {
  return {
    secretKey: `sk_test_${derive('stripe').slice(0, 40)}`,
    webhookSecret: secrets().stripeWebhookSecret,
    prices: { pro: 'price_sandbox_pro', agency: 'price_sandbox_agency' },
  };
}

/** Where this process calls the sandbox: its own server on loopback, path `/sandbox`. */
export const sandboxInternalUrl = (): string => `http://127.0.0.1:${env().PORT}/sandbox`;
/** Where a person's browser sees the sandbox. */
export const sandboxPublicUrl = (): string => `${env().appUrl}/sandbox`;

function derive(label: string): string {
  return createHmac('sha256', secrets().linkSigning).update(`sandbox:${label}`).digest('hex');
}
