import { z } from 'zod';

/** A path of this app to come back to; never another site's address. */
export const localPath = z
  .string()
  .max(300)
  .regex(/^\/(?![/\\])[^\s\\]*$/, 'must be a path of this app');

export const checkoutInput = z.object({
  plan: z.enum(['pro', 'agency']),
  returnTo: localPath.default('/settings/billing'),
});
export const urlOutput = z.object({ url: z.url() });
export const checkoutOutcome = z.object({
  plan: z.enum(['free', 'pro', 'agency']).nullable(),
  unpaid: z.literal(true).optional(),
});
export const portalInput = z.object({ returnTo: localPath.default('/settings/billing') });

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
export type BillingSummary = z.output<typeof billingSummary>;
