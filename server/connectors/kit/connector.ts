import type { z } from 'zod';
import type { Fact } from '@/server/foundation/facts';
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
 * `read` changes nothing; `idempotent` may be repeated with the same result; `effect` must not be sent twice, so that
 * an unknown outcome is reported as `unknown_outcome`.
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

/** What a connector asks of the host: one request to the platform's API. */
export type RequestSpec = {
  /** The vendor's name of the operation, for logs and for rate limits. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the manifest's API address, starting with a slash. */
  path: string;
  /** Sent to the manifest's `uploads` instead. */
  host?: 'uploads';
  query?: Query;
  effect: Effect;
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
} & Payload;

export interface Answer<T> {
  status: number;
  body: T;
}

/** What the host gives a connector: the account, and a function that sends requests. No token, no database. */
export interface ConnectorIo {
  readonly account: RemoteAccount;
  readonly environment: Environment;
  /** Where people see the platform: the manifest's `web`, or its stand-in. */
  readonly web: string;
  now(): Date;
  /** Sends with the connection's token and checks the answer's shape. Throws ConnectorFault. */
  request<T>(spec: RequestSpec, schema: z.ZodType<T>): Promise<Answer<T>>;
}

/** An account that a grant opens, as the platform describes it. */
export interface RemoteIdentity extends RemoteAccount {
  readonly name: string;
  readonly url: string | null;
  /** The account's own token, where the platform gives one beside the person's (a Facebook Page). */
  readonly accessToken?: string;
}

type Functions<C extends Capability> = {
  readonly [K in C]: (io: ConnectorIo, input: Capabilities[K]['input']) => Promise<Capabilities[K]['output']>;
};

export interface Hooks {
  /** The accounts that a fresh grant opens, the most likely first. Never empty: throw `rejected` with what to do instead. */
  identify(io: ConnectorIo): Promise<RemoteIdentity[]>;
  /** The person behind a fresh grant, where one grant opens several accounts and ends for all of them (`ending: 'person'`). */
  person?(io: ConnectorIo): Promise<string>;
  /** Ends everything that a person allowed. It is asked with the app's own token. */
  readonly endAccess?: {
    appToken(client: { clientId: string; clientSecret: string }): string;
    end(io: ConnectorIo, person: string): Promise<void>;
  };
  /** Asks something harmless that only a working connection is answered. Without it, `identify` is asked. */
  check?(io: ConnectorIo): Promise<{ name: string }>;
  /** Reads a failed answer more closely than its status does. Answer null to leave it to the host. */
  readFault?(
    status: number,
    body: unknown,
    effect: Effect,
  ): {
    kind: ConnectorFault['kind'];
    fact: Fact;
    vendorCode?: string;
    retryAfter?: number;
    forbidden?: true;
    resume?: ByteRange;
  } | null;
  /** Headers that every request of this platform carries beside the token. */
  headers?(client: { clientId: string; clientSecret: string }): Record<string, string>;
}

export type Connector<M extends AvailableManifest = AvailableManifest> = {
  readonly manifest: M;
  readonly hooks: Hooks;
  readonly functions: Partial<Functions<Capability>>;
};

/**
 * Ties functions to a manifest. A capability that the manifest names and nobody wrote, or a function that it does not
 * name, does not compile.
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
