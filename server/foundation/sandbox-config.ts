import { createHmac } from 'node:crypto';
import { env } from './env';
import { secrets } from './secrets';

/**
 * Returns what an app would register at a platform's developer portal, for the sandbox: a client id and secret for each platform. Nothing
 * else is known to both the sandbox and the connectors.
 */
export function sandboxClient(platform: string): { clientId: string; clientSecret: string } {
  return { clientId: `sandbox-${platform}`, clientSecret: derive(`client:${platform}`) };
}

/** Returns the keys of the sandbox Stripe account. */
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

const shared = globalThis as typeof globalThis & { __tributarySandboxAddress?: string };
/** Sets the address at which this process calls the sandbox from now on. */
export function setSandboxAddress(address: string): void {
  shared.__tributarySandboxAddress = address;
}

export const hasSandboxAddress = (): boolean => shared.__tributarySandboxAddress !== undefined;

/**
 * Returns the address at which this process calls the sandbox, without a trailing slash: that of a separate sandbox, else the sandbox's own
 * port in this process (app/sandbox/server.ts), else the app's.
 */
export const sandboxInternalUrl = (): string =>
  env().TRIBUTARY_SANDBOX_URL?.replace(/\/$/, '') ??
  shared.__tributarySandboxAddress ??
  `http://127.0.0.1:${env().PORT}/sandbox`;
/** Returns the address at which a user's browser sees the sandbox. */
export const sandboxPublicUrl = (): string =>
  env().TRIBUTARY_SANDBOX_URL?.replace(/\/$/, '') ?? `${env().appUrl}/sandbox`;

function derive(label: string): string {
  return createHmac('sha256', secrets().linkSigning).update(`sandbox:${label}`).digest('hex');
}
