import type { z } from 'zod';
import type { Fact } from '@/server/foundation/facts';
import type { ReadAddress } from './addresses';
import type { Headers, ReportedLimit } from './limits';
import type { AvailableManifest } from './manifest';
import type {
  ByteRange,
  Capabilities,
  Capability,
  ConnectorFault,
  Environment,
  RemoteAccount,
} from './types';

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
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;
type Payload =
  | { json?: unknown; form?: undefined; multipart?: undefined }
  | { form?: Query; json?: undefined; multipart?: undefined }
  | { multipart?: Readonly<Record<string, string | number | FilePart>>; json?: undefined; form?: undefined };

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
export interface RemoteIdentity extends RemoteAccount {
  readonly name: string;
  readonly url: string | null;
  /** The account's own token, if the platform issues one besides the user's (a Facebook Page). */
  readonly accessToken?: string;
}

type Functions<C extends Capability> = {
  readonly [K in C]: (io: ConnectorIo, input: Capabilities[K]['input']) => Promise<Capabilities[K]['output']>;
};

export interface Hooks {
  /**
   * Returns the accounts that a new grant gives access to, the most likely first. Never returns an empty list but throws `rejected` with
   * advice.
   */
  identify(io: ConnectorIo): Promise<RemoteIdentity[]>;
  /** Returns the user behind a new grant, if one grant covers several accounts and is revoked for all of them (`ending: 'person'`). */
  person?(io: ConnectorIo): Promise<string>;
  /** Revokes everything that a user granted, with the app's own token. */
  readonly endAccess?: {
    appToken(client: { clientId: string; clientSecret: string }): string;
    end(io: ConnectorIo, person: string): Promise<void>;
  };
  /** Sends a harmless request that succeeds only for a working connection. Without it, `identify` is used. */
  check?(io: ConnectorIo): Promise<{ name: string }>;
  /**
   * Interprets a failed response in more detail than its status allows. `phrases` are the platform's own words, whatever the shape of the
   * response (`vendorPhrases`). Null leaves it to the host, which shows these words.
   */
  readFault?(
    status: number,
    body: unknown,
    effect: Effect,
    phrases: readonly string[],
  ): {
    kind: ConnectorFault['kind'];
    fact: Fact;
    vendorCode?: string;
    retryAfter?: number;
    forbidden?: true;
    installation?: true;
    resume?: ByteRange;
  } | null;
  /** Reads the limits that the platform reports in headers of its own. The host reads those of the IETF's drafts and `Retry-After`. */
  readLimits?(headers: Headers, now: Date): ReportedLimit[];
  /** Reads the id of a post from its address. Without it, addresses give no id. */
  readonly readAddress?: ReadAddress;
  /** Headers of every request to this platform, besides the token. */
  headers?(client: { clientId: string; clientSecret: string }): Record<string, string>;
}

export type Connector<M extends AvailableManifest = AvailableManifest> = {
  readonly manifest: M;
  readonly hooks: Hooks;
  readonly functions: Partial<Functions<Capability>>;
};

/**
 * Combines functions with a manifest. Does not compile if a capability of the manifest has no function, or a function is not in the
 * manifest.
 */
export function defineConnector<const M extends AvailableManifest>(
  manifest: M,
  parts: { hooks: Hooks; functions: Functions<M['capabilities'][number]> },
): Connector<M> {
  return {
    manifest,
    hooks: parts.hooks,
    functions: parts.functions as unknown as Partial<Functions<Capability>>,
  };
}
