import { described, type Fact } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';

export type Environment = 'live' | 'sandbox';

/** What a connection is to a connector. Tokens are the host's business. */
export interface RemoteAccount {
  readonly remoteId: string;
  readonly remote: Readonly<Record<string, string>>;
}

export type MediaKind = 'picture' | 'gif' | 'video';

/** A picture, GIF or video that was uploaded for a post, by the id that the platform gave it. */
export interface RemoteMedia {
  readonly remoteId: string;
  readonly kind: MediaKind;
}

export interface PublishInput {
  text: string;
  link?: string | undefined;
  /** What was uploaded for it, in the order in which it is shown. */
  media?: readonly RemoteMedia[] | undefined;
  /** Remote id of the post that this one is attached to: as a reply (the next part of a thread), or as a comment. */
  replyTo?: string | undefined;
  /** Remote id of the account's own post that is to be reposted; the text is not sent then. */
  repostOf?: string | undefined;
  /** Passed to platforms that de-duplicate by it. Stable over all attempts of one publication version. */
  idempotencyKey: string;
}
export interface Published {
  remoteId: string;
  permalink: string;
}
export interface LookupInput {
  text: string;
  link?: string | undefined;
  /** As it was sent: ids of what was uploaded for this post and for no other. */
  media?: readonly RemoteMedia[] | undefined;
  /** As it was sent: only what is attached to that post is the one. */
  replyTo?: string | undefined;
  /** The start of the oldest attempt with an unknown outcome, less a margin for clock skew. */
  since: Date;
  /** Remote ids that are known to belong to other publications. */
  exclude: readonly string[];
}
/** `absent` only when the platform answered fully for the whole time since; `unclear` when it cannot say. */
export type LookupOutput =
  | { found: 'yes'; post: Published }
  | { found: 'absent' }
  | { found: 'unclear'; why: Fact };

/** What is uploaded, and how far it is. */
export interface UploadInput {
  kind: MediaKind;
  mime: string;
  bytes: number;
  /** What it shows, in words; empty when nobody wrote it. */
  alt: string;
  /** What the last step answered as its progress; null at the beginning. */
  progress: unknown;
  read(offset: number, length: number): Promise<Uint8Array>;
}
/**
 * How far an upload is after one more step. `again`: the platform knows nothing of it any more, start over. `failed`: the platform
 * does not take this file or its description, ever. `problem` is for the person, with what to do.
 */
export type UploadOutput =
  | { state: 'uploading'; progress: object; sent: number }
  | { state: 'processing'; progress: object; percent: number | null; checkAfterSeconds: number }
  | { state: 'ready'; remoteId: string; expiresAt: Date | null }
  | { state: 'again' }
  | { state: 'failed'; problem: Fact };

/** How one post does. Null is a number that the platform did not tell, or told in a way that makes no sense. */
export interface Engagement {
  remoteId: string;
  /** The platform says that the post is not there any more. The numbers are null then. */
  gone: boolean;
  likes: number | null;
  replies: number | null;
  reposts: number | null;
  views: number | null;
}

export interface ListInput {
  title: string;
  description: string;
  tags: readonly string[];
  price: Money;
  quantity: number;
  file: { name: string; mime: string; bytes: Uint8Array };
  image: { name: string; mime: string; bytes: Uint8Array };
  /** Remote id of a draft that an earlier attempt left, to be continued instead of made again. */
  resume?: string | undefined;
  /** Stable text that marks this listing on the platform (an SKU where it has one), to find it again. */
  marker: string;
  /** Called as soon as the platform has made something, so that a crash after it can resume. */
  onDraft(remoteId: string): Promise<void>;
}
export interface Listed {
  remoteId: string;
  url: string;
}
export interface RemoteSale {
  remoteId: string;
  remoteOrderId: string;
  listingRemoteId: string | null;
  title: string;
  quantity: number;
  gross: Money;
  soldAt: Date;
}
export interface RemoteFee {
  /** The platform's own id of the fee entry. */
  remoteId: string;
  /** The sale's or order's remote id, when the platform says which one it belongs to. */
  remoteOrderId: string | null;
  remoteSaleId: string | null;
  kind: Fact;
  amount: Money;
  chargedAt: Date;
}
export interface RemoteRefund {
  remoteId: string;
  remoteOrderId: string;
  amount: Money;
  refundedAt: Date;
}
export interface SyncSalesOutput {
  sales: RemoteSale[];
  fees: RemoteFee[];
  refunds: RemoteRefund[];
  /** Ask again from here next time: everything before it was answered. */
  nextCursor: string;
}

/** What can be asked of a platform: input and output by capability. */
export interface Capabilities {
  publish: { input: PublishInput; output: Published };
  lookup: { input: LookupInput; output: LookupOutput };
  remove: { input: { remoteId: string }; output: { removed: boolean } };
  /**
   * One step of bringing a picture, GIF or video to the platform, where nobody sees it yet: `publish` attaches it. Every step may be
   * repeated, so none of its requests is an `effect`.
   */
  upload: { input: UploadInput; output: UploadOutput };
  /** Reads how posts do, at most `engagementBatch` of them. A post that the answer says nothing of is left out: it is not known. */
  engagement: { input: { remoteIds: readonly string[] }; output: Engagement[] };
  list: { input: ListInput; output: Listed };
  delist: { input: { remoteId: string }; output: { delisted: boolean } };
  setPrice: { input: { remoteId: string; price: Money }; output: { price: Money } };
  /** Reads one listing's own price as the platform has it now. */
  readPrice: { input: { remoteId: string }; output: { price: Money; active: boolean } };
  syncSales: { input: { cursor: string | null; since: Date }; output: SyncSalesOutput };
  views: { input: { remoteIds: readonly string[] }; output: { remoteId: string; views: number }[] };
}
export type Capability = keyof Capabilities;

/** From `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type FaultKind = 'reauth' | 'rejected' | 'rate_limited' | 'transient' | 'unknown_outcome';

/**
 * The one error of a connector. `fact` is for the person, with no vendor text that could hold a secret;
 * `retryAfter` (seconds) belongs to `rate_limited`.
 */
export class ConnectorFault extends Error {
  constructor(
    readonly kind: FaultKind,
    readonly fact: Fact,
    readonly options: {
      retryAfter?: number;
      status?: number;
      vendorCode?: string;
      /** The token is good and lacks a right: a new one of the same grant would lack it, too. */
      forbidden?: true;
      /** It is this installation that the platform refuses (its client id, secret or request): connecting again does not help. */
      installation?: true;
      /** The workspace is stopped: nothing was asked of the platform, and this is no failure. */
      held?: true;
      /** The range of bytes that the platform wants next of an upload, where it names one. */
      resume?: ByteRange;
      cause?: unknown;
    } = {},
  ) {
    super(described(fact), { cause: options.cause });
    this.name = 'ConnectorFault';
  }
}
export const isConnectorFault = (e: unknown): e is ConnectorFault =>
  e instanceof Error && e.name === 'ConnectorFault';

/** Whether an emergency stop kept a request from leaving. */
export const isHeldFault = (e: unknown): boolean => isConnectorFault(e) && e.options.held === true;

/** The vendor code of a post that is refused because the platform does not have its pictures any more. */
export const MEDIA_GONE = 'media_gone';

/** What pictures, GIFs and videos a post takes: some pictures, or one GIF, or one video. */
export interface MediaLimits {
  readonly pictures: {
    readonly most: number;
    /** Of each. */
    readonly bytes: number;
    readonly mimes: readonly string[];
  };
  readonly gif: {
    readonly bytes: number;
    readonly width: number;
    readonly height: number;
    readonly frames?: number;
    /** Of all frames together. */
    readonly pixels?: number;
  } | null;
  readonly video: {
    readonly bytes: number;
    /** The shortest and the longest, in seconds. */
    readonly seconds: readonly [number, number];
    /** Width by height: the narrowest and the widest. */
    readonly aspect: readonly [number, number] | null;
    /** The longer and the shorter side in pixels, whichever way it is held. */
    readonly smallest?: readonly [number, number];
    readonly largest?: readonly [number, number];
  } | null;
  /** The longest description, and what can be described. Platforms do not say how they count: in UTF-16 units, the stricter way. */
  readonly alt: { readonly characters: number; readonly kinds: readonly MediaKind[] };
}

/** Limits of a platform's posts, for forms and for the drafter. */
export interface PostLimits {
  /** Counted as the platform counts (see `countText` in the manifest's platform). */
  characters: number;
  hashtags?: number;
  /** How often the platform lets posts be made. A window begins with its first post. */
  rates?: readonly {
    readonly count: number;
    readonly seconds: number;
    readonly per: 'account' | 'installation';
  }[];
  /**
   * An account can repost its own post. Asked for twice it is there once: a repost with an unknown outcome is simply asked for again.
   */
  repost?: true;
  /** Left out where posts are words only. Goes with the capability `upload`. */
  media?: MediaLimits;
  /** Posts can be continued by replies to themselves. */
  thread?: {
    /** The most parts of one thread, the post itself included. */
    readonly parts: number;
  };
  /** One comment by the account itself can be put under its post. */
  firstComment?: {
    /** Counted as the post is. */
    readonly characters: number;
  };
}
