/** A user of the platform, as shown next to what they wrote. Everything but the name is null if the platform does not tell it. */
interface RemoteUser {
  readonly remoteId: string | null;
  readonly name: string;
  readonly handle: string | null;
  readonly pictureUrl: string | null;
}

/** The account's audience. A number is null if the platform omits it. */
export interface Audience {
  readonly followers: number | null;
  /** Accounts that this one follows. */
  readonly following: number | null;
  readonly posts: number | null;
}

/** Where a feed of incoming things is continued. */
export interface FeedInput {
  /** Cursor of the last call; null for the first one. */
  readonly cursor: string | null;
  /** The first call returns nothing from before. */
  readonly since: Date;
}

interface IncomingMessage {
  readonly remoteId: string;
  readonly kind: 'message' | 'comment' | 'mention';
  /** Messages with the same id belong together: a direct conversation, or the comments on one post. */
  readonly conversationId: string;
  /** Remote id of the account's post that it refers to; null for a direct message. */
  readonly postRemoteId: string | null;
  /** Null if the account itself wrote it. */
  readonly from: RemoteUser | null;
  /** Plain text. Empty if it has only attachments. */
  readonly text: string;
  readonly attachments: readonly { readonly url: string; readonly mime: string | null }[];
  readonly permalink: string | null;
  readonly sentAt: Date;
  /** After this time the platform refuses a reply; null if it never does. */
  readonly replyUntil: Date | null;
}
export interface InboxOutput {
  /** New and edited messages, oldest first. The same message always has the same id. */
  readonly messages: readonly IncomingMessage[];
  /** Remote ids of messages that were deleted. */
  readonly deleted: readonly string[];
  /** Cursor for the next call. Everything before it has been returned. */
  readonly nextCursor: string;
}

export interface ReplyInput {
  readonly conversationId: string;
  /** The message that is answered. */
  readonly messageRemoteId: string;
  readonly kind: IncomingMessage['kind'];
  readonly text: string;
  /** Stable over all attempts to send one reply, for platforms that recognize a repetition. */
  readonly idempotencyKey: string;
}
export interface ReplyOutput {
  readonly remoteId: string;
  /** Null for a direct message. */
  readonly permalink: string | null;
}

interface RemoteReview {
  readonly remoteId: string;
  /** Remote id of what is reviewed; null if it is the account as a whole. */
  readonly subjectRemoteId: string | null;
  readonly from: RemoteUser | null;
  /** Stars from 1 to 5; null for a review without any. */
  readonly stars: number | null;
  readonly title: string;
  readonly text: string;
  /** BCP 47; null if the platform does not tell it. */
  readonly language: string | null;
  readonly permalink: string | null;
  readonly writtenAt: Date;
  /** The public response of the account, if there is one. */
  readonly response: { readonly text: string; readonly writtenAt: Date } | null;
}
export interface ReviewsOutput {
  /** New and changed reviews. The same review always has the same id. */
  readonly reviews: readonly RemoteReview[];
  /** Remote ids of reviews that were deleted or hidden. */
  readonly deleted: readonly string[];
  /** Cursor for the next call. Everything before it has been returned. */
  readonly nextCursor: string;
}
export interface RespondInput {
  readonly reviewRemoteId: string;
  /** Replaces an earlier response. */
  readonly text: string;
}
export interface RespondOutput {
  readonly text: string;
  /** Whether the public sees it already; some platforms check it first. */
  readonly visible: boolean;
}
