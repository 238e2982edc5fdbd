import { z } from 'zod';
import { ENTRY_MEANINGS, UNATTRIBUTED_REASONS } from '@/db/schema/states';
import { factOutput } from '@/server/foundation/facts';
import { id, limit, month, search, timeCursor } from '@/server/foundation/inputs';

export const requestSyncInput = z.object({
  /** One connection, or all that sell. */
  connectionId: id('connection').optional(),
});
export const requestSyncOutput = z.object({ requested: z.number() });

export const listSalesInput = z.object({
  connectionId: id('connection').optional(),
  listingId: id('listing').optional(),
  order: search(100).optional(),
  month: month().optional(),
  cursor: timeCursor('sale').optional(),
  limit: limit(100).default(25),
});
export const saleOutput = z.object({
  id: z.string(),
  connectionId: z.string(),
  connectionName: z.string(),
  platform: z.string(),
  environment: z.string(),
  listingId: z.string().nullable(),
  remoteOrderId: z.string(),
  title: z.string(),
  quantity: z.number(),
  /** Price of the items after the discount, without shipping and tax. All amounts are in `currency`. */
  gross: z.number(),
  discount: z.number(),
  shipping: z.number(),
  /** Collected for the authorities, so it is part of what the buyer paid but not of the net. */
  tax: z.number(),
  fees: z.number(),
  /** Everything that was given back, including `refundedTax`. */
  refunded: z.number(),
  refundedTax: z.number(),
  /** `gross + shipping − (refunded − refundedTax) − fees`. Null while amounts in another currency cannot be compared. */
  net: z.number().nullable(),
  feesKnown: z.boolean(),
  /** The currency of the platform's balance if it is known, or that of the sale. */
  currency: z.string(),
  /** What the buyer paid in the currency of the sale, if that is another one. */
  soldFor: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  soldAt: z.date(),
  transactionId: z.string().nullable(),
});
export const salePage = z.object({ items: z.array(saleOutput), nextCursor: z.string().nullable() });

export const syncStatusOutput = z.array(
  z.object({
    connectionId: z.string(),
    name: z.string(),
    platform: z.string(),
    environment: z.string(),
    status: z.string(),
    problem: factOutput.nullable(),
    syncedAt: z.date().nullable(),
    /** Since when the feed has been stuck, and why if a sync failed. Null if it works. */
    stuck: z.object({ since: z.date(), problem: factOutput.nullable() }).nullable(),
    syncing: z.boolean(),
  }),
);

/** The lists of statement lines that were kept. On screens and in the names of verbs, such a line is an account entry. */
const ENTRY_LISTS = ['open', 'unattributed', 'attributed', 'all'] as const;
const money = z.object({ amount: z.number(), currency: z.string() });
export const listEntriesInput = z.object({
  /** Those that nobody has dealt with yet (`open`), with those that were left (`unattributed`), those that were attributed, or all. */
  show: z.enum(ENTRY_LISTS).default('open'),
  /** Calendar month in the workspace's time zone. */
  month: month().optional(),
  connectionId: id('connection').optional(),
  cursor: timeCursor('unattributedEntry').optional(),
  limit: limit(100).default(25),
});
export const entryOutput = z.object({
  id: z.string(),
  connectionId: z.string(),
  connectionName: z.string(),
  environment: z.string(),
  remoteId: z.string(),
  reason: z.enum(UNATTRIBUTED_REASONS),
  kind: factOutput,
  meaning: z.enum(ENTRY_MEANINGS).nullable(),
  /** Change of the platform's balance, or null if the line has no amount that could be read. */
  amount: money.nullable(),
  occurredAt: z.date(),
  reference: z.string().nullable(),
  raw: z.record(z.string(), z.unknown()),
  state: z.enum(['open', 'attributed', 'understood']),
  attributedAs: z.enum(ENTRY_MEANINGS).nullable(),
  remoteOrderId: z.string().nullable(),
  settledAt: z.date().nullable(),
  /** Whether a user dealt with it, who can take it back; what the platform named stays. */
  canTakeBack: z.boolean(),
  transactionId: z.string().nullable(),
});
export const entryPage = z.object({ items: z.array(entryOutput), nextCursor: z.string().nullable() });
export const attributeEntryInput = z.object({
  id: id('unattributedEntry'),
  as: z.enum(ENTRY_MEANINGS),
  /** The platform's number of the order, also as people write it (`#77`). Needed for refunds and payments. */
  order: search(100).optional(),
});
export const takeBackEntryInput = z.object({ id: id('unattributedEntry') });
export const leaveEntryInput = z.object({ id: id('unattributedEntry') });
