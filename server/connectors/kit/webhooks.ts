import type { ClientPair, ConnectorIo } from './connector';

/**
 * What a notice is about. It never counts by itself: the platform is asked, and the answer is applied. `access`: whether the account may
 * still be used; `posts`: posts of the account, whose results are read soon; `sales`: the account's orders.
 */
export const WEBHOOK_TOPICS = ['access', 'posts', 'sales'] as const;
export type WebhookTopic = (typeof WEBHOOK_TOPICS)[number];

/** How a platform tells us that something happened, by a request to an address of ours. */
export interface WebhookTerms {
  /**
   * Whose notices arrive at one address: those of one `connection`; of all accounts of one sign-in (`grant`), whose user the hook `person`
   * names; or of all accounts of this installation's `app`.
   */
  readonly per: 'connection' | 'grant' | 'app';
  /**
   * What proves that the platform sent it. `signed`: the hook `verify` checks the raw body; `header`: our secret in this header, in lower
   * case; `address`: nothing but the secret address, so that anybody who has learned it can send anything.
   */
  readonly proof: 'signed' | { readonly header: string } | 'address';
  readonly topics: readonly [WebhookTopic, ...WebhookTopic[]];
  /** Scopes that setting it up needs, of those that a sign-in requests. Accounts connected earlier may not have granted them. */
  readonly scopes?: readonly string[];
}

/** A request to our address, as it came. */
export interface WebhookRequest {
  readonly body: Uint8Array;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface WebhookSecrets {
  /** This installation at the platform; null if the platform has no clients. */
  readonly client: ClientPair | null;
  /** The secret that we gave the platform for this address. */
  readonly own: string;
}

/** Something happened at the platform. */
export interface Notice {
  readonly topic: WebhookTopic;
  /** Remote id of the account; null for that of the address (`per: 'connection'`). */
  readonly account: string | null;
  /** Remote ids of the posts that it is about, in every form that `publish` may have returned. */
  readonly posts?: readonly string[];
}

/** A verified body. */
export interface ReadWebhook {
  /** The platform's id of this event, by which repetitions are recognized; null if it has none, and then the body is compared. */
  readonly id: string | null;
  /** Empty if it says nothing that we use. */
  readonly notices: readonly Notice[];
}

/** Where a platform sends notices. */
export interface WebhookAddress {
  readonly url: string;
  /** At most 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly secret: string;
  /** Whether an address that the platform has is this one, perhaps under an earlier name of this installation. */
  isOurs(url: string): boolean;
}

export interface WebhookHooks {
  /** Whether the platform signed this (`proof: 'signed'`), compared in constant time. */
  verify?(request: WebhookRequest, secrets: WebhookSecrets): boolean;
  /** Reads a verified body. Null if it is not what the platform sends. */
  read(body: string): ReadWebhook | null;
  /**
   * Lets the platform send notices about the account to the address. May be repeated. Throws `webhookTaken` instead of replacing an address
   * that is not ours.
   */
  setUp(io: ConnectorIo, at: WebhookAddress): Promise<void>;
  /** Undoes it. Leaves an address that is not ours. */
  takeDown(io: ConnectorIo, at: WebhookAddress): Promise<void>;
  /** What is set up once for the installation's app, before its accounts (`per: 'app'`). `io` sends the app's own token. */
  readonly app?: {
    token(client: ClientPair): string;
    setUp(io: ConnectorIo, client: ClientPair, at: WebhookAddress): Promise<void>;
    /** Returns the answer with which we confirm an address that the platform asks about, or null if the request does not know the secret. */
    confirm(query: URLSearchParams, at: Pick<WebhookAddress, 'secret'>): string | null;
  };
}
