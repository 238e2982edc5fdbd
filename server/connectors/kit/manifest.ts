import type { Fact } from '@/server/foundation/facts';
import type { Face } from './face';
import type { Capability, Environment } from './types';

/** An address of the platform: `live` is absolute, `sandbox` is a path below the sandbox's own address. */
export type Address = Readonly<Record<Environment, string>>;

export interface OAuthTerms {
  readonly kind: 'oauth2';
  readonly authorize: Address;
  readonly token: Address;
  readonly revoke?: Address;
  /**
   * How our access is revoked at the platform. `token`: one connection's token, at `revoke`; `person`: everything that the user granted,
   * for all of their accounts (the connector's `endAccess`); `by_hand`: only by the user, on `appsPage`.
   */
  readonly ending: 'token' | 'person' | 'by_hand';
  /** Where users see and remove the apps that they allowed. `where` completes "in your …". */
  readonly appsPage: { readonly address: Address; readonly where: Fact };
  readonly pkce: 'S256' | 'none';
  /** How the client authenticates at the token endpoint. */
  readonly client: 'basic' | 'public' | 'query';
  /**
   * `rotating`: each refresh returns a new refresh token and invalidates the old one; `none`: there is no refresh, and the token lives
   * until the user or the platform revokes it.
   */
  readonly refresh: 'rotating' | 'none';
  /**
   * Errors of the token endpoint, besides `invalid_grant`, that mean the grant has ended: exactly this code with this description. No other
   * error ends a connection.
   */
  readonly grantOver?: readonly { readonly error: string; readonly description: string }[];
  /** The code yields a short-lived token that is exchanged once for a long-lived one. */
  readonly exchange?: 'fb_exchange_token';
  readonly scopeSeparator: ' ' | ',';
  /** Always requested, to identify the account. */
  readonly accountScopes: readonly string[];
  /** Scopes that each capability needs. */
  readonly scopes: Readonly<Partial<Record<Capability, readonly string[]>>>;
  /** Lifetime of a token in seconds if the platform does not specify it. */
  readonly accessLifetime: number | null;
  readonly refreshLifetime: number | null;
}

/** How to write for a platform. */
export interface Drafting {
  /** Recommended length of a post, in characters. */
  readonly aim: { readonly from: number; readonly to: number };
  /** Maximum number of hashtags that suits the platform. */
  readonly hashtags: number;
  /** Other names of the platform, by which models call it. */
  readonly aliases?: readonly string[];
}

/** What an operator does so that this installation can connect the real platform. */
export interface SetUp {
  /** Names of the settings, all of which it takes. Listed in server/foundation/platform-settings.ts. */
  readonly settings: readonly string[];
  /** The platform's page where an operator registers an app or creates a key. */
  readonly page: string;
}

interface Documented extends Face {
  /** Omitted for the usual terms. */
  readonly drafting?: Drafting;
  /** Omitted if the platform takes no settings. */
  readonly setUp?: SetUp;
  /** Pages of the platform's documentation that the connector follows. */
  readonly docs: readonly string[];
}
/** Pure data about a platform that Tributary connects through its API. Its capabilities determine which functions its connector must have. */
export interface AvailableManifest extends Documented {
  readonly kind: 'api';
  readonly auth: OAuthTerms;
  readonly api: Address;
  /** Address for files that the platform does not accept at `api`. */
  readonly uploads?: Address;
  /** Where the public sees the account's posts or shop. */
  readonly web: Address;
  /** Other hosts of the same site, without `www.` or `m.`. Users copy addresses from there as well. */
  readonly webAliases?: readonly string[];
  /** The platform accepts an idempotency key with a post and returns the first result for repeated requests for this long, at least 60 s. */
  readonly publishKey?: { readonly seconds: number };
  /** Maximum number of posts per `engagement` call. */
  readonly engagementBatch?: number;
  /** Advice, with a link, if a sign-in gives access to nothing that can be connected. */
  readonly nothingToConnect?: {
    readonly title: Fact;
    readonly words: Fact;
    readonly label: Fact;
    readonly address: Address;
  };
}
/**
 * A platform without an API. What is due there becomes an action for a person with exact instructions (`manual`), or a job of a browser
 * (`robot`). It has no connector.
 */
export interface UnattendedManifest extends Documented {
  readonly kind: 'manual' | 'robot';
  readonly web: Address;
  /** What a person has to do at the platform, by capability. */
  readonly instructions: Readonly<Partial<Record<Capability, Fact>>>;
}
/** A platform that screens mention but that nobody can use yet. */
export interface AnnouncedManifest extends Documented {
  readonly kind: 'announced';
  readonly capabilities: readonly [];
}
export type Manifest = AvailableManifest | UnattendedManifest | AnnouncedManifest;

/** Returns every scope that a connection of this platform requests, without duplicates. */
export function allScopes(auth: OAuthTerms): string[] {
  return [...new Set([...auth.accountScopes, ...Object.values(auth.scopes).flat()])];
}
