import type { Fact } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';
import type { FeedInput } from './conversations';

/** Sets how many of a listing are for sale. */
export interface StockInput {
  /** Remote id of the listing. */
  readonly remoteId: string;
  /** The variant's SKU; null if the listing has no variants. */
  readonly sku: string | null;
  readonly quantity: number;
}
export interface StockOutput {
  /** What the platform shows afterwards. */
  readonly quantity: number;
}

/** Tells the platform, and through it the buyer, that an order was sent or delivered. */
export interface FulfilInput {
  readonly remoteOrderId: string;
  /** What was sent; the whole order if omitted. */
  readonly sales?: readonly { readonly remoteSaleId: string; readonly quantity: number }[];
  /** Null for what is delivered electronically or without tracking. */
  readonly tracking: {
    readonly carrier: string;
    readonly number: string;
    readonly url: string | null;
  } | null;
  readonly sentAt: Date;
  /** Stable over all attempts to report one shipment, for platforms that recognize a repetition. */
  readonly idempotencyKey: string;
}
export interface FulfilOutput {
  /** The platform's id of the shipment; null if it assigns none. */
  readonly remoteId: string | null;
}

interface RemotePayout {
  readonly remoteId: string;
  readonly state: 'announced' | 'on_the_way' | 'arrived' | 'failed' | 'cancelled';
  /** What reaches the bank: positive, in the currency of the bank account. */
  readonly amount: Money;
  /** Why it failed; null otherwise. */
  readonly problem: Fact | null;
  readonly createdAt: Date;
  /** When it arrived or is expected to; null if the platform does not tell it. */
  readonly arrivesAt: Date | null;
}
export type PayoutsInput = FeedInput;
export interface PayoutsOutput {
  /** New payouts and those that changed. The same payout always has the same id. */
  readonly payouts: readonly RemotePayout[];
  /** Cursor for the next call. Everything before it has been returned. */
  readonly nextCursor: string;
}

/** Sends money from the platform's balance to another account of the platform, such as the share of a collaborator. */
export interface TransferInput {
  /** The platform's id of the receiving account. */
  readonly toRemoteId: string;
  /** Positive. */
  readonly amount: Money;
  /** The order whose money it is; null if it belongs to none. */
  readonly remoteOrderId: string | null;
  /** Shown to the receiver. */
  readonly note: string;
  /** Stable over all attempts to make one transfer. Platforms without such keys do not have this capability. */
  readonly idempotencyKey: string;
}
export interface TransferOutput {
  readonly remoteId: string;
  readonly amount: Money;
  readonly movedAt: Date;
}
