import type { Fact } from '@/server/foundation/facts';
import type { Capability, Environment, PostLimits } from './types';

/** The platforms that Tributary knows, in the order in which screens show them. */
export const PLATFORM_IDS = ['x', 'facebook', 'etsy', 'linkedin', 'youtube'] as const;
export type PlatformId = (typeof PLATFORM_IDS)[number];

/** An address of the platform: `live` is absolute, `sandbox` is a path below the sandbox's own address. */
export type Address = Readonly<Record<Environment, string>>;

export interface OAuthTerms {
  readonly kind: 'oauth2';
  readonly authorize: Address;
  readonly token: Address;
  readonly revoke?: Address;
  /**
   * How our access ends at the platform. `token`: one connection's, at `revoke`; `person`: everything that a person allowed,
   * for all of their accounts at once (the connector's `endAccess`); `by_hand`: only the person can, on `appsPage`.
   */
  readonly ending: 'token' | 'person' | 'by_hand';
  /** Where people see which apps they allowed, and remove them. `where` completes "in your …". */
  readonly appsPage: { readonly address: Address; readonly where: Fact };
  readonly pkce: 'S256' | 'none';
  /** How the client names itself at the token endpoint. */
  readonly client: 'basic' | 'public' | 'query';
  /**
   * `rotating`: each refresh answers a new refresh token and spends the old one; `none`: there is nothing to refresh,
   * the token lives until the person or the platform ends it.
   */
  readonly refresh: 'rotating' | 'none';
  /**
   * What the token endpoint says, beside `invalid_grant`, when a grant is over: exactly this code with this description. Anything else
   * that it says ends no connection.
   */
  readonly grantOver?: readonly { readonly error: string; readonly description: string }[];
  /** The code gives a short-lived token that is exchanged once for a long-lived one. */
  readonly exchange?: 'fb_exchange_token';
  readonly scopeSeparator: ' ' | ',';
  /** Asked for always, to know whose account it is. */
  readonly accountScopes: readonly string[];
  /** Asked for because of what the connection is to do. */
  readonly scopes: Readonly<Partial<Record<Capability, readonly string[]>>>;
  /** Used when the platform does not say how long a token lives. Seconds. */
  readonly accessLifetime: number | null;
  readonly refreshLifetime: number | null;
}

export interface ListingLimits {
  readonly title: number;
  readonly tags: number;
  readonly tag: number;
  readonly fileBytes: number;
  readonly fileName: number;
  readonly quantity: number;
}

interface Common {
  readonly id: PlatformId;
  readonly name: string;
  /** What one connects, as messages that name it tell the cases apart. */
  readonly accountNoun: 'account' | 'channel' | 'Page' | 'profile' | 'shop';
  readonly summary: Fact;
  readonly post?: PostLimits;
  readonly listing?: ListingLimits;
  readonly docs: readonly string[];
}
/** Pure data about a platform that Tributary speaks to. Its capabilities decide which functions its connector must have. */
export interface AvailableManifest extends Common {
  readonly available: true;
  readonly capabilities: readonly Capability[];
  readonly auth: OAuthTerms;
  readonly api: Address;
  /** Where files go that the platform does not take at `api`. */
  readonly uploads?: Address;
  /** Where people see the account's posts or shop. */
  readonly web: Address;
  /** Other hosts that lead to the same site, without `www.` or `m.`: people copy addresses from there, too. */
  readonly webAliases?: readonly string[];
  /** The platform takes an idempotency key with a post, and answers a repetition as the first time for so long. */
  readonly publishKey?: { readonly hours: number };
  /** How many posts one `engagement` call may name. */
  readonly engagementBatch?: number;
  /** What to do when a sign-in opened nothing that can be connected, and where. */
  readonly nothingToConnect?: {
    readonly title: Fact;
    readonly words: Fact;
    readonly label: Fact;
    readonly address: Address;
  };
}
/** A platform that is named on screens but that this installation cannot connect. */
export interface UnavailableManifest extends Common {
  readonly available: false;
  readonly capabilities: readonly [];
}
export type Manifest = AvailableManifest | UnavailableManifest;

/** Every scope that a connection of this platform asks for, each once. */
export function allScopes(auth: OAuthTerms): string[] {
  return [...new Set([...auth.accountScopes, ...Object.values(auth.scopes).flat()])];
}
