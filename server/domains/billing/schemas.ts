import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { localPath, token } from '@/server/foundation/inputs';

export const checkoutInput = z.object({
  plan: z.enum(['pro', 'agency']),
  returnTo: localPath(300).default('/settings/billing'),
});
/** Stripe's id of a checkout session. */
export const confirmInput = z.object({ sessionId: token({ min: 4, max: 200 }) });
export const urlOutput = z.object({ url: z.url() });
export const checkoutOutcome = z.object({
  plan: z.enum(['free', 'pro', 'agency']).nullable(),
  unpaid: z.literal(true).optional(),
});
export const portalInput = z.object({ returnTo: localPath(300).default('/settings/billing') });

const usage = z.object({ used: z.number().int(), allowed: z.number().int().nullable() });
export const billingSummary = z.object({
  plan: z.enum(['free', 'pro', 'agency']),
  status: z.string(),
  currentPeriodEnd: z.date().nullable(),
  cancelAtPeriodEnd: z.boolean(),
  hasSubscription: z.boolean(),
  environment: z.enum(['live', 'sandbox']).nullable(),
  canManage: z.boolean(),
  usage: z.record(
    z.enum([
      'connections',
      'topics',
      'postsPerDay',
      'generationsPerMonth',
      'products',
      'priceRules',
      'members',
      'storageBytes',
    ]),
    usage,
  ),
});

export const planPayment = z.object({
  /** The transaction in the ledger. */
  id: z.string(),
  at: z.date(),
  description: factOutput,
  /** In minor units, with the sign that it has in the ledger's list: negative was paid, positive was given back. */
  amount: z.number().int(),
  currency: z.string(),
  /** Of money that was given back: why it is not final. */
  open: z.enum(['pending', 'undecided']).nullable(),
});
