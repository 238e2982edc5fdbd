import { type Fact, inEnglish } from '@/server/foundation/facts';
import type { Money } from '@/server/foundation/money';
import type { ChoicesInput, ChoicesOutput } from './choices';
import type {
  Audience,
  FeedInput,
  InboxOutput,
  ReplyInput,
  ReplyOutput,
  RespondInput,
  RespondOutput,
  ReviewsOutput,
} from './conversations';
import type { MediaKind, MediaWay, PostMedia, RemoteMedia } from './post-media';
import type {
  FulfilInput,
  FulfilOutput,
  PayoutsInput,
  PayoutsOutput,
  StockInput,
  StockOutput,
  TransferInput,
  TransferOutput,
} from './trade';

export type { MediaKind, RemoteMedia };

export type Environment = 'live' | 'sandbox';

/** A connected account, as seen by a connector. The host manages the tokens. */
export interface RemoteAccount {
  readonly remoteId: string;
  readonly remote: Readonly<Record<string, string>>;
  /** Base address of the server that the user named (https, host and port), or null if the platform is one site. */
  readonly server: string | null;
}

/** `M`: the media in the way that the platform takes it (`MediaByWay`). */
export interface PublishInput<M extends PostMedia = RemoteMedia> {
  text: string;
  link?: string | undefined;
  /** In display order. */
  media?: readonly M[] | undefined;
  /** Remote id of the post to attach this one to, as a reply (the next part of a thread) or as a comment. */
  replyTo?: string | undefined;
  /** Remote id of the account's own post to repost. The text is not sent in that case. */
  repostOf?: string | undefined;
  /** The options of the platform's face, complete with their defaults; for a `remote_choice` its value. */
  options?: Readonly<Record<string, string | boolean>> | undefined;
  /** Idempotency key for platforms that support one. Stable over all attempts of one publication version. */
  idempotencyKey: string;
}
export interface Published {
  remoteId: string;
  permalink: string;
}
export interface LookupInput<M extends PostMedia = RemoteMedia> {
  text: string;
  link?: string | undefined;
  /** Media as sent. The ids of uploads belong to this post only. */
  media?: readonly M[] | undefined;
  /** Parent post as sent. Only a post attached to it matches. */
  replyTo?: string | undefined;
  /** Options as sent. */
  options?: Readonly<Record<string, string | boolean>> | undefined;
  /** The idempotency keys of the attempts with an unknown outcome. */
  keys?: readonly string[] | undefined;
  /** Start of the oldest attempt with an unknown outcome, minus a margin for clock skew. */
  since: Date;
  /** Remote ids known to belong to other publications. */
  exclude: readonly string[];
}
/** `absent` only if the platform returned everything since that time; `unclear` if it cannot tell. */
export type LookupOutput =
  | { found: 'yes'; post: Published }
  | { found: 'absent' }
  | { found: 'unclear'; why: Fact };

/** A file to upload and the progress of its upload. */
export interface UploadInput {
  kind: MediaKind;
  /** File name with the extension of its type. */
  name: string;
  mime: string;
  bytes: number;
  /** Description of the content, or the title of a document; empty if there is none. */
  alt: string;
  /** Progress returned by the last step; null at the beginning. */
  progress: unknown;
  read(offset: number, length: number): Promise<Uint8Array>;
}
/**
 * State of an upload after one more step. `again`: the platform no longer knows the upload, so start over. `failed`: the platform will
 * never accept this file or its description. `problem` tells the user what to do.
 */
export type UploadOutput =
  | { state: 'uploading'; progress: object; sent: number }
  | { state: 'processing'; progress: object; percent: number | null; checkAfterSeconds: number }
  | { state: 'ready'; remoteId: string; expiresAt: Date | null }
  | { state: 'again' }
  | { state: 'failed'; problem: Fact };

/** Engagement of one post. A number is null if the platform omits it or reports an invalid one. */
export interface Engagement {
  remoteId: string;
  /** The platform reports that the post no longer exists. The numbers are then null. */
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
  /** Remote id of a draft left by an earlier attempt, to be continued instead of created again. */
  resume?: string | undefined;
  /** When this listing was first requested. The platform has nothing of it from before. Unknown if omitted. */
  since?: Date | undefined;
  /** Stable text that identifies this listing on the platform (an SKU if it supports one). */
  marker: string;
  /** Called as soon as the platform has created a draft, so that the listing can be resumed after a crash. */
  onDraft(remoteId: string): Promise<void>;
}
export interface CreatedListing {
  remoteId: string;
  url: string;
}
/**
 * Parts of what a buyer pays or gets back besides the items, in minor units of the currency of the amount they belong to. `discount` is
 * positive and already taken off; `tax` is what is added to the prices and passed on to the authorities, by the platform or by the seller.
 */
export interface AmountParts {
  discount: number;
  shipping: number;
  tax: number;
}
export interface RemoteSale {
  remoteId: string;
  remoteOrderId: string;
  listingRemoteId: string | null;
  title: string;
  quantity: number;
  /** What the buyer pays for the items and extras such as gift wrapping: after discounts, without shipping and tax. */
  gross: Money;
  /** This sale's share of the order's other parts. A part that is left out is zero. */
  parts?: Partial<AmountParts>;
  /**
   * Set if the platform credits its balance by an entry of its own (`payments`), perhaps in another currency. Otherwise the sale itself
   * raises the balance.
   */
  credited?: 'separately';
  soldAt: Date;
}
export interface RemoteFee {
  /** The platform's id of the fee entry. */
  remoteId: string;
  /** Remote id of the order, if the platform names one. */
  remoteOrderId: string | null;
  remoteSaleId: string | null;
  kind: Fact;
  amount: Money;
  chargedAt: Date;
}
export interface RemoteRefund {
  remoteId: string;
  remoteOrderId: string;
  /** Everything that leaves the balance, including shipping and tax. Negative for a refund that failed and came back. */
  amount: Money;
  /** The parts of the amount, if the platform names them. Otherwise they are derived from those of the order. */
  parts?: AmountParts;
  /** It was given back before the order was credited, so that it never reached the balance: the payment is lower by it. */
  beforePayment?: true;
  refundedAt: Date;
}
/** An entry that credits an order to the platform's balance. */
export interface RemotePayment {
  remoteId: string;
  remoteOrderId: string;
  amount: Money;
  paidAt: Date;
}
/** Tax of an order that the platform takes from its balance to pay the authorities. Negative if it is given back. */
export interface RemoteTax {
  remoteId: string;
  remoteOrderId: string | null;
  amount: Money;
  takenAt: Date;
}
/** Money that moves between the platform's balance and the bank or a reserve. Negative if it comes back. */
export interface RemoteTransfer {
  remoteId: string;
  to: 'bank' | 'reserve';
  amount: Money;
  movedAt: Date;
}
/** A line of the platform's account that cannot be read or attributed to an order. It must not stop the others. */
export interface RemoteUnattributed {
  /** The platform's id, or a digest of a line without one. The same line always has the same id. */
  remoteId: string;
  reason: 'no_order' | 'unknown_kind' | 'unreadable';
  /** The platform's own name for this kind of line, for users. */
  platformKind: string;
  /** What the line is, if only its order is missing. */
  meaning: 'payment' | 'refund' | 'fee' | 'tax' | null;
  /** Change of the platform's balance. Null if it cannot be read, and for lines that are not part of the balance. */
  amount: Money | null;
  occurredAt: Date;
  /** What the line refers to, as `type:id`. */
  reference: string | null;
  /** The line as it came, without personal data and secrets. */
  raw: Record<string, unknown>;
}
export interface SyncSalesInput {
  cursor: string | null;
  since: Date;
  /** Lines that earlier syncs returned as unattributed for want of an order, so that the connector can look for it again. */
  unattributed?: readonly { remoteId: string; reference: string | null }[];
  /** Some orders without a payment, so that the connector can ask whether they were cancelled, which the platform may not report. */
  unpaidOrders?: readonly string[];
}
export interface SyncSalesOutput {
  sales: RemoteSale[];
  fees: RemoteFee[];
  refunds: RemoteRefund[];
  payments?: RemotePayment[];
  taxes?: RemoteTax[];
  transfers?: RemoteTransfer[];
  unattributed?: RemoteUnattributed[];
  /**
   * What orders are worth in the currency of the platform's balance, by the platform's own figures. Used while the payment of an order that
   * was sold in another currency has not arrived.
   */
  settlements?: { remoteOrderId: string; amount: Money }[];
  /** References of unattributed lines, or their ids, with the order to which they turned out to belong. */
  links?: { reference: string; remoteOrderId: string }[];
  /** Cursor for the next sync. Everything before it has been returned. */
  nextCursor: string;
}

/** Input and output of everything that a platform can do, by capability. `capabilities.ts` lists what else is known of each. */
export interface Capabilities {
  publish: { input: PublishInput<PostMedia>; output: Published };
  lookup: { input: LookupInput<PostMedia>; output: LookupOutput };
  remove: { input: { remoteId: string }; output: { removed: boolean } };
  /**
   * Performs one step of uploading a picture, GIF, video or document, which stays invisible until `publish` attaches it. Every step may be repeated,
   * so none of its requests is an `effect`.
   */
  upload: { input: UploadInput; output: UploadOutput };
  /**
   * Reads the engagement of at most `engagementBatch` posts. A post that the response does not mention is omitted, because its state is
   * unknown.
   */
  engagement: { input: { remoteIds: readonly string[] }; output: Engagement[] };
  list: { input: ListInput; output: CreatedListing };
  delist: { input: { remoteId: string }; output: { delisted: boolean } };
  setPrice: { input: { remoteId: string; price: Money }; output: { price: Money } };
  /** Reads the current price of a single listing from the platform. */
  readPrice: { input: { remoteId: string }; output: { price: Money; active: boolean } };
  syncSales: { input: SyncSalesInput; output: SyncSalesOutput };
  views: { input: { remoteIds: readonly string[] }; output: { remoteId: string; views: number }[] };
  /** Lists what a user can choose for an option of a post. */
  choices: { input: ChoicesInput; output: ChoicesOutput };
  /** Counts the account's followers. */
  audience: { input: Record<string, never>; output: Audience };
  /** Reads messages, comments and mentions that the account received. */
  inbox: { input: FeedInput; output: InboxOutput };
  /** Answers one of them. */
  reply: { input: ReplyInput; output: ReplyOutput };
  /** Reads what customers wrote about the account or its listings. */
  reviews: { input: FeedInput; output: ReviewsOutput };
  /** Sets the public response to a review. */
  respond: { input: RespondInput; output: RespondOutput };
  stock: { input: StockInput; output: StockOutput };
  fulfil: { input: FulfilInput; output: FulfilOutput };
  /** Reads the payouts from the platform's balance to the bank. */
  payouts: { input: PayoutsInput; output: PayoutsOutput };
  transfer: { input: TransferInput; output: TransferOutput };
}
export type Capability = keyof Capabilities;

/** From `start` up to `end`, exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type FaultKind = 'reauth' | 'rejected' | 'rate_limited' | 'transient' | 'unknown_outcome';

/**
 * The only error of connectors. `fact` is shown to the user and contains no vendor text that could hold a secret; `retryAfter` (seconds)
 * belongs to `rate_limited`.
 */
export class ConnectorFault extends Error {
  constructor(
    readonly kind: FaultKind,
    readonly fact: Fact,
    readonly options: {
      retryAfter?: number;
      status?: number;
      vendorCode?: string;
      /** The token is valid but lacks a permission, and so would a renewed token of the same grant. */
      forbidden?: true;
      /** The platform rejects this installation (its client id, secret, request or plan). Reconnecting does not help, and the log tells the operator. */
      installation?: true;
      /** The workspace is stopped. Nothing was sent to the platform, and this is not a failure. */
      held?: true;
      /** The range of bytes of an upload that the platform requests next, if it names one. */
      resume?: ByteRange;
      cause?: unknown;
    } = {},
  ) {
    super(inEnglish(fact), { cause: options.cause });
    this.name = 'ConnectorFault';
  }
}
export const isConnectorFault = (e: unknown): e is ConnectorFault =>
  e instanceof Error && e.name === 'ConnectorFault';

/** Whether an emergency stop kept a request from being sent. */
export const isStoppedFault = (e: unknown): boolean => isConnectorFault(e) && e.options.held === true;

/** Vendor code of a request that is rejected because the platform no longer has its media. */
export const MEDIA_GONE = 'media_gone';
/** Vendor code of a request that the platform itself rejects because there is no such thing. A bare 404 may come from a proxy. */
export const GONE = 'gone';

/** Whether a request failed for this reason of the platform (`vendorCode`). */
export const failedBy = (error: unknown, vendorCode: string): error is ConnectorFault =>
  isConnectorFault(error) && error.options.vendorCode === vendorCode;

/** What a picture must fit. One that does not is made smaller, or of another type, before it is sent. */
export interface PictureLimits {
  /** Per picture. */
  readonly bytes: number;
  /** In pixels. */
  readonly longestSide?: number;
  /** Maximum sum of width and height, in pixels. */
  readonly bothSides?: number;
  /** Types that the platform takes, the preferred one first. At least one of JPEG, PNG and WebP. */
  readonly mimes: readonly string[];
}

/** Media that a post accepts: several pictures, one GIF, one video or one document. */
export interface MediaLimits {
  readonly way: MediaWay;
  /** Maximum length of the text of a post with media, counted like the post. Omitted if it is the same as without. */
  readonly characters?: number;
  readonly pictures: PictureLimits & { readonly most: number };
  readonly gif: {
    readonly bytes: number;
    readonly width: number;
    readonly height: number;
    readonly frames?: number;
    /** Sum over all frames. */
    readonly pixels?: number;
  } | null;
  readonly video: {
    readonly bytes: number;
    /** Minimum and maximum, in seconds. */
    readonly seconds: readonly [number, number];
    /** Width divided by height, minimum and maximum. */
    readonly aspect: readonly [number, number] | null;
    /** Longer and shorter side in pixels, in either orientation. */
    readonly smallest?: readonly [number, number];
    readonly largest?: readonly [number, number];
  } | null;
  /** Omitted if the platform takes none. `pages` is the maximum number of pages. */
  readonly document?: {
    readonly bytes: number;
    readonly pages?: number;
    readonly mimes: readonly string[];
  };
  /**
   * Maximum length of a description, or of the title of a document, and which kinds can have one. Platforms do not document how they count, so UTF-16 units are used, the
   * stricter way.
   */
  readonly alt: {
    readonly characters: number;
    readonly kinds: readonly MediaKind[];
    /** It is sent with the post, not with the upload of the file. Only for the way `ahead`. */
    readonly withPost?: true;
  };
}

/** How the text and the link of a post are sent and read. */
export interface PostText {
  /** `own`: the platform finds links and counts characters by rules of its own (text-rules.ts); `general`: by those of kit/text.ts. */
  readonly rules: 'own' | 'general';
  /** A link is sent in a field of its own, or at the end of the text. */
  readonly link: 'field' | 'in_text';
  /** Matches characters that the platform refuses. They are invisible, so they are left out. */
  readonly leaveOut?: RegExp;
}

/** How a preview draws a post, roughly as the platform shows it. */
export interface PostPreview {
  /** `timeline`: beside the avatar, with the account's handle; `page`: below the account's name, with the platform's own reactions. */
  readonly shape: 'timeline' | 'page';
  /** A longer text is folded after about this many characters. */
  readonly fold?: number;
}

/** Limits of a platform's posts, for forms and for the drafter. */
export interface PostLimits {
  /** Counted as the platform counts; see `countText`. */
  characters: number;
  text: PostText;
  hashtags?: number;
  /** Omitted for the shape `page`, without a fold. */
  readonly preview?: PostPreview;
  /** The platform rejects or penalizes repeated texts from one account, so that this app repeats none there within this many days. */
  readonly sameTextDays?: number;
  /** How many posts the platform allows: to one account, to all accounts of one sign-in, or to all of this installation. A window begins with its first post. */
  rates?: readonly {
    readonly count: number;
    readonly seconds: number;
    readonly per: 'account' | 'grant' | 'installation';
  }[];
  /** An account can repost its own post. Repeating a repost has no effect, so one with an unknown outcome is simply retried. */
  repost?: true;
  /** Omitted if posts are text only. The way `ahead` goes with the capability `upload`, and only that way. */
  media?: MediaLimits;
  /** Posts can be continued by replies. */
  thread?: {
    /** Maximum parts of a thread, including the post itself. */
    readonly parts: number;
  };
  /** The account can add one comment to its own post. */
  firstComment?: {
    /** Counted like the post. */
    readonly characters: number;
  };
}
