import { z } from 'zod';
import { PRICE_CHANGE_STATES } from '@/db/schema';
import { asMessage, factOutput } from '@/server/foundation/facts';
import { id, limit, version, whole } from '@/server/foundation/inputs';
import { price } from '@/server/foundation/price-input';

const hours = whole({
  min: 1,
  max: 24 * 90,
  tooSmall: asMessage('validation.priceRule.tooFewHours'),
  tooLarge: asMessage('validation.priceRule.tooManyHours', { days: 90 }),
});
const rule = {
  active: z.boolean().default(true),
  minViews: whole({ min: 1, max: 1_000_000, tooSmall: asMessage('validation.priceRule.tooFewViews') }),
  windowHours: hours,
  /** In hundredths of a percent. */
  stepBasisPoints: whole({
    min: 10,
    max: 5000,
    tooSmall: asMessage('validation.priceRule.stepTooSmall', { percent: 0.1 }),
    tooLarge: asMessage('validation.priceRule.stepTooLarge', { percent: 50 }),
  }),
  cooldownHours: hours,
};
export const saveRuleInput = z.object({
  listingId: id('listing'),
  /** The version that the user saw; omitted for a listing without a rule. */
  version: version(0).optional(),
  ...rule,
});
export const ruleIdInput = z.object({ id: id('priceRule') });
export const requestPriceInput = z.object({
  listingId: id('listing'),
  /** In minor units, or as typed. */
  price: price(),
});
export const listRulesInput = z.object({
  listingId: id('listing').optional(),
  cursor: id('priceRule').optional(),
  limit: limit(100).default(25),
});
export const listChangesInput = listRulesInput.extend({ cursor: id('priceChange').optional() });

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
  lastOutcome: factOutput.nullable(),
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
  reason: factOutput,
  evidence: z.record(z.string(), z.union([z.number(), z.string()])),
  state: z.enum(PRICE_CHANGE_STATES),
  problem: factOutput.nullable(),
  createdAt: z.date(),
  appliedAt: z.date().nullable(),
});
export type PriceChange = z.output<typeof priceChangeOutput>;
export const priceChangePage = z.object({
  items: z.array(priceChangeOutput),
  nextCursor: z.string().nullable(),
});
