import { z } from 'zod';

const id = z.string().min(1).max(64);
const rule = {
  active: z.boolean().default(true),
  minViews: z.number().int().min(1, 'At least one view.').max(1_000_000),
  windowHours: z
    .number()
    .int()
    .min(1, 'At least one hour.')
    .max(24 * 90, 'At most 90 days.'),
  /** Hundredths of a per cent. */
  stepBasisPoints: z.number().int().min(10, 'At least 0.1 %.').max(5000, 'At most 50 %.'),
  cooldownHours: z
    .number()
    .int()
    .min(1, 'At least one hour.')
    .max(24 * 90, 'At most 90 days.'),
};
export const saveRuleInput = z.object({
  listingId: id,
  /** The version that was seen; left out for a listing that has no rule yet. */
  version: z.number().int().optional(),
  ...rule,
});
export const ruleIdInput = z.object({ id });
export const requestPriceInput = z.object({
  listingId: id,
  /** Minor units. */
  price: z.number().int().min(1).max(100_000_000),
});
export const pageInput = z.object({
  listingId: id.optional(),
  cursor: z.string().max(64).optional(),
  limit: z.number().int().min(1).max(100).default(25),
});

export const ruleOutput = z.object({
  id: z.string(),
  listingId: z.string(),
  productId: z.string(),
  productTitle: z.string(),
  connectionName: z.string(),
  listingState: z.string(),
  price: z.number(),
  floor: z.number(),
  currency: z.string(),
  active: z.boolean(),
  minViews: z.number(),
  windowHours: z.number(),
  stepBasisPoints: z.number(),
  cooldownHours: z.number(),
  lastChangedAt: z.date().nullable(),
  lastCheckedAt: z.date().nullable(),
  lastOutcome: z.string().nullable(),
  version: z.number(),
});
export type PriceRule = z.output<typeof ruleOutput>;
export const rulePage = z.object({
  items: z.array(ruleOutput),
  nextCursor: z.string().nullable(),
  used: z.number(),
  allowed: z.number().nullable(),
});

export const priceChangeOutput = z.object({
  id: z.string(),
  listingId: z.string(),
  productTitle: z.string(),
  connectionName: z.string(),
  ruleId: z.string().nullable(),
  fromPrice: z.number(),
  toPrice: z.number(),
  currency: z.string(),
  reason: z.string(),
  evidence: z.record(z.string(), z.union([z.number(), z.string()])),
  state: z.enum(['pending', 'applied', 'failed', 'unknown']),
  problem: z.string().nullable(),
  createdAt: z.date(),
  appliedAt: z.date().nullable(),
});
export type PriceChange = z.output<typeof priceChangeOutput>;
export const priceChangePage = z.object({
  items: z.array(priceChangeOutput),
  nextCursor: z.string().nullable(),
});
