import type { z } from 'zod';
import type { Fact } from '@/server/foundation/facts';
import type { OwnLimits } from '@/server/foundation/own-limits';
import type { ReadAddress } from './addresses';
import type { Headers, ReportedLimit } from './limits';
import type { AvailableManifest } from './manifest';
import type { MediaByWay, MediaWay, PostMedia, RemoteMedia } from './post-media';
import type {
  ByteRange,
  Capabilities,
  Capability,
  ConnectorFault,
  Environment,
  LookupInput,
  PublishInput,
  RemoteAccount,
} from './types';
import type { WebhookHooks } from './webhooks';

/**
 * `read` changes nothing; `idempotent` may be repeated with the same result; `effect` must not be sent twice, so an unknown outcome is
 * reported as `unknown_outcome`.
 */
export type Effect = 'read' | 'idempotent' | 'effect';

export interface FilePart {
  name: string;
  mime: string;
  bytes: Uint8Array;
}
/** A file that is read while the request is sent, so that it is never in memory as a whole. */
export interface StreamPart {
  readonly name: string;
  readonly mime: string;
  /** Exact size. A stream of another size breaks the request. */
  readonly bytes: number;
  open(): ReadableStream<Uint8Array>;
}
/** A list repeats its name. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
export type Payload =
  | { json?: unknown; form?: undefined; multipart?: undefined; file?: undefined }
  | { form?: Query; json?: undefined; multipart?: undefined; file?: undefined }
  | {
      multipart?: Readonly<Record<string, string | number | FilePart | StreamPart>>;
      json?: undefined;
      form?: undefined;
      file?: undefined;
    }
  /** The body is the file itself. */
  | { file?: FilePart | StreamPart; json?: undefined; form?: undefined; multipart?: undefined };

/** One request to the platform's API, which the host sends for a connector. */
export type RequestSpec = {
  /** The vendor's name of the operation, for logs and rate limits. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the manifest's API address, starting with a slash. */
  path: string;
  /** Sends the request to the manifest's `uploads` instead. */
  host?: 'uploads';
  query?: Query;
  effect: Effect;
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
} & Payload;

export interface ApiResponse<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** What the host provides to a connector: the account, and a function that sends requests, but no token and no database. */
export interface ConnectorIo {
  readonly account: RemoteAccount;
  readonly environment: Environment;
  /** Public site of the platform: the manifest's `web` or its sandbox stand-in. */
  readonly web: string;
  now(): Date;
  /** Sends a request with the connection's token and validates the response. Throws ConnectorFault. */
  request<T>(spec: RequestSpec, schema: z.ZodType<T>): Promise<ApiResponse<T>>;
}

/** An account that a grant gives access to, as described by the platform. */
export interface RemoteIdentity extends Omit<RemoteAccount, 'server'> {
  readonly name: string;
  readonly url: string | null;
  /** It is the account of the person who signed in. */
  readonly isPerson?: true;
  /** The account's own token, if the platform issues one besides the user's (a Facebook Page). */
  readonly accessToken?: string;
}

/** The media of a platform's posts, by the way in which it takes them. */
type MediaOf<M> = M extends { readonly post: { readonly media: { readonly way: infer W extends MediaWay } } }
  ? MediaByWay[W]
  : RemoteMedia;
/** Input of a capability, with media in one way only. */
type InputOf<K extends Capability, Media extends PostMedia> = K extends 'publish'
  ? PublishInput<Media>
  : K extends 'lookup'
    ? LookupInput<Media>
    : Capabilities[K]['input'];
type Functions<C extends Capability> = {
  readonly [K in C]: (io: ConnectorIo, input: Capabilities[K]['input']) => Promise<Capabilities[K]['output']>;
};
/** The functions as a connector writes them. */
type OwnFunctions<C extends Capability, Media extends PostMedia> = {
  readonly [K in C]: (io: ConnectorIo, input: InputOf<K, Media>) => Promise<Capabilities[K]['output']>;
};

/** This installation as a client of a platform. */
export interface ClientPair {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The credentials of a sign-in. `accessToken` is the one that is sent; it is empty if there is no sign-in. */
export interface Secrets {
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

/** Credentials that a platform has just issued, with the times at which they end, null if unknown or never. */
export interface IssuedSecrets extends Secrets {
  readonly accessExpiresAt: Date | null;
  readonly refreshExpiresAt: Date | null;
  /** Omitted if the platform does not say; then all that were requested, or after a renewal the same as before. */
  readonly scopes?: readonly string[];
}

/** A request as it is about to be sent, without the credential. */
export interface UnsignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined if there is none, or if it is read while it is sent. */
  readonly body: string | Uint8Array | undefined;
}

/** What a failed response means. */
export interface FaultReading {
  readonly kind: ConnectorFault['kind'];
  readonly fact: Fact;
  readonly vendorCode?: string;
  /** In seconds. */
  readonly retryAfter?: number;
  readonly forbidden?: true;
  readonly installation?: true;
  readonly resume?: ByteRange;
}

export interface Hooks {
  /**
   * Returns the accounts that a new grant gives access to, the most likely first. Never returns an empty list but throws `rejected` with
   * advice. `given` holds what the user entered to sign in, except secrets.
   */
  identify(io: ConnectorIo, given: Readonly<Record<string, string>>): Promise<RemoteIdentity[]>;
  /**
   * Turns the code of an OAuth callback into tokens (`client: 'own'`). `io` sends no credential. A `rejected` fault means that the platform
   * did not accept the code.
   */
  exchange?(
    io: ConnectorIo,
    grant: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string | null },
    client: ClientPair,
  ): Promise<IssuedSecrets>;
  /** Opens a session with the values that the user entered, by the ids of their fields. `io` sends no credential. */
  open?(io: ConnectorIo, values: Readonly<Record<string, string>>): Promise<IssuedSecrets>;
  /**
   * Renews a session, or tokens with `refresh: 'own'`. `io` sends no credential. Throws `reauth` only if the platform says that the session
   * has ended.
   */
  renew?(io: ConnectorIo, secrets: Secrets, client: ClientPair | null): Promise<IssuedSecrets>;
  /** Registers this installation at the account's server, once. `io` sends no credential. */
  register?(
    io: ConnectorIo,
    app: { readonly redirectUri: string; readonly scopes: readonly string[] },
  ): Promise<ClientPair>;
  /**
   * Returns the base address (https, host and port) of the server that holds an account, if it is not the one at which users sign in; null
   * otherwise. Requests for the account then go there, and only to public addresses.
   */
  home?(account: RemoteAccount): string | null;
  /** Signs a request (`credential: 'signed'`): returns the headers to add. */
  sign?(request: UnsignedRequest, secrets: Secrets, now: Date): Record<string, string>;
  /**
   * Returns the user behind a new grant, if one grant covers several accounts and is revoked for all of them (`ending: 'person'`), or if its
   * accounts share one address for notices (`webhooks.per: 'grant'`).
   */
  person?(io: ConnectorIo): Promise<string>;
  /** Revokes everything that a user granted, with the app's own token. */
  readonly endAccess?: {
    appToken(client: ClientPair): string;
    end(io: ConnectorIo, person: string): Promise<void>;
  };
  /** Sends a harmless request that succeeds only for a working connection. Without it, `identify` is used. */
  check?(io: ConnectorIo): Promise<{ name: string }>;
  /**
   * Interprets a failed response in more detail than its status allows. `phrases` are the platform's own words, whatever the shape of the
   * response (`vendorPhrases`). Null leaves it to the host, which shows these words.
   */
  readFault?(status: number, body: unknown, effect: Effect, phrases: readonly string[]): FaultReading | null;
  /** Reads the limits that the platform reports in headers of its own. The host reads those of the IETF's drafts and `Retry-After`. */
  readLimits?(headers: Headers, now: Date): ReportedLimit[];
  /**
   * Reads the limits of the account, or of its server, where they may differ from the manifest's. Sends `read` requests only. The host leaves
   * out what cannot be right (`readOwnLimits`). Null if the account has none of its own.
   */
  limits?(io: ConnectorIo): Promise<OwnLimits | null>;
  /** Reads the id of a post from its address. Without it, addresses give no id. */
  readonly readAddress?: ReadAddress;
  /**
   * Returns the ids of which a remote id consists, if one post may be several on the platform, each with an address of its own. Each is part
   * of the remote id's text. Without it, a post is one.
   */
  idsIn?(remoteId: string): readonly string[];
  /** Headers of every request to this platform, besides the token. */
  headers?(client: ClientPair): Record<string, string>;
  /** What the manifest's `webhooks` declares. */
  readonly webhooks?: WebhookHooks;
}

type Needs<K extends keyof Hooks> = { readonly [N in K]-?: NonNullable<Hooks[N]> };
/** The hooks that webhooks need. */
type OwnWebhooks<M> = M extends { readonly webhooks: infer T }
  ? { readonly webhooks: WebhookHooks } & (T extends { readonly proof: 'signed' }
      ? { readonly webhooks: Required<Pick<WebhookHooks, 'verify'>> }
      : unknown) &
      (T extends { readonly per: 'app' }
        ? { readonly webhooks: Required<Pick<WebhookHooks, 'app'>> }
        : unknown) &
      (T extends { readonly per: 'grant' } ? Needs<'person'> : unknown)
  : unknown;
/** The hooks that a way of signing in needs, and a credential. */
type OwnHooks<M extends AvailableManifest> = (M['auth'] extends { readonly registration: 'per_server' }
  ? Needs<'register'>
  : unknown) &
  (M['auth'] extends { readonly client: 'own' } ? Needs<'exchange'> : unknown) &
  (M['auth'] extends { readonly refresh: 'own' } ? Needs<'renew'> : unknown) &
  (M['auth'] extends { readonly ending: 'person' } ? Needs<'person' | 'endAccess'> : unknown) &
  (M['auth'] extends { readonly session: true } ? Needs<'open' | 'renew'> : unknown) &
  (M['credential'] extends 'signed' ? Needs<'sign'> : unknown) &
  (M extends { readonly ownLimits: true } ? Needs<'limits'> : unknown) &
  OwnWebhooks<M>;

export type Connector<M extends AvailableManifest = AvailableManifest> = {
  readonly manifest: M;
  readonly hooks: Hooks;
  readonly functions: Partial<Functions<Capability>>;
};

/**
 * Combines functions with a manifest. Does not compile if a capability of the manifest has no function, a function is not in the manifest, or
 * a hook is missing that its way of signing in needs.
 */
export function defineConnector<const M extends AvailableManifest>(
  manifest: M,
  parts: { hooks: Hooks & OwnHooks<M>; functions: OwnFunctions<M['capabilities'][number], MediaOf<M>> },
): Connector<M> {
  return {
    manifest,
    hooks: parts.hooks,
    functions: parts.functions as unknown as Partial<Functions<Capability>>,
  };
}
