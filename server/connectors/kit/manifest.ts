import type { Fact } from '@/server/foundation/facts';
import type { Face } from './face';
import type { OptionRule } from './option-rules';
import type { OptionField } from './options';
import type { Capability, Environment, PostLimits } from './types';
import type { WebhookTerms } from './webhooks';

/**
 * An address of the platform: `live` is absolute, or, if it begins with a slash, a path below the server that the user names; `sandbox` is a
 * path below the sandbox's own address, and below it the server's host if `live` is a path.
 */
export type Address = Readonly<Record<Environment, string>>;

/** Scopes that each capability needs. */
export type CapabilityScopes = Readonly<Partial<Record<Capability, readonly string[]>>>;

/** Accounts of one kind, which need other scopes than the rest or can do less. */
interface AccountKind {
  /** Matches their remote ids. */
  readonly accounts: RegExp;
  /** The scopes that each capability needs instead of those of the manifest. */
  readonly scopes?: CapabilityScopes;
  /** What the platform does not let them do, whatever was granted. */
  readonly without?: readonly Capability[];
}

/** Access that the platform may refuse to this installation or that users may withhold. A sign-in is useful without it. */
interface OptionalAccess {
  readonly scopes: readonly string[];
  /** What it would add and what to do, if the user withheld it, and if the platform refused it to this installation. */
  readonly missing: { readonly withheld: Fact; readonly refused: Fact };
}

/** Where users see and remove the access that they gave. `where` completes "in your …". */
export interface AppsPage {
  readonly address: Address;
  readonly where: Fact;
}

/** The user signs in at the platform, which returns them with a code. */
export interface OAuthTerms {
  readonly kind: 'oauth2';
  readonly authorize: Address;
  readonly token: Address;
  readonly revoke?: Address;
  /** Each server registers this installation as a client of its own, by the connector's `register`. Without it, the settings name the client. */
  readonly registration?: 'per_server';
  /**
   * How our access is revoked at the platform. `token`: one connection's token, at `revoke`; `person`: everything that the user granted,
   * for all of their accounts (the connector's `endAccess`); `by_hand`: only by the user, on `appsPage`.
   */
  readonly ending: 'token' | 'person' | 'by_hand';
  readonly appsPage: AppsPage;
  readonly pkce: 'S256' | 'none';
  /**
   * How the client authenticates at the token endpoint: `body` sends the id and secret in the form, `public` only the id. `own`: the
   * connector's `exchange` turns the code into tokens.
   */
  readonly client: 'basic' | 'body' | 'public' | 'own';
  /**
   * `rotating`: a refresh may return a new refresh token, which invalidates the old one; `own`: the connector's `renew`; `none`: there is no
   * refresh, and the token lives until the user or the platform revokes it.
   */
  readonly refresh: 'rotating' | 'own' | 'none';
  /** A refresh does not extend the life of the refresh token, so the user has to sign in again when it ends. */
  readonly refreshEnd?: 'fixed';
  /**
   * Errors of the token endpoint, besides `invalid_grant`, that mean the grant has ended: exactly this code with this description. No other
   * error ends a connection.
   */
  readonly grantOver?: readonly { readonly error: string; readonly description: string }[];
  readonly scopeSeparator: ' ' | ',';
  /** Always requested, to identify the account. */
  readonly accountScopes: readonly string[];
  readonly scopes: CapabilityScopes;
  readonly kinds?: readonly AccountKind[];
  /** Requested as well, unless the platform refuses the request because of it (`scopeRefused`). */
  readonly optional?: readonly OptionalAccess[];
  /** The errors with which users return if the platform gives a requested scope to no user of this app. */
  readonly scopeRefused?: readonly string[];
  /** The errors with which users return if they refused, besides `access_denied`. */
  readonly userRefused?: readonly string[];
  /** Parameters of the authorization request besides those of OAuth, such as one that asks for a refresh token. */
  readonly authorizeWith?: Readonly<Record<string, string>>;
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

/** What an operator does so that this installation can connect the real platform: sets `<ID>_CLIENT_ID` and `<ID>_CLIENT_SECRET`. */
export interface SetUp {
  /** The platform's page where an operator registers an app or creates a key. */
  readonly page: string;
}

/** One value that a user enters to sign in. */
export interface SignInField {
  readonly id: string;
  readonly label: Fact;
  readonly help: Fact;
  /** A `secret` is not shown while it is typed, and is stored only sealed. */
  readonly kind: 'text' | 'secret';
  /** Matches a valid value, whole and without the space around it. */
  readonly pattern?: RegExp;
  readonly maxLength: number;
  readonly example?: string;
}

/** The user enters values that they got at the platform. */
export interface FieldsTerms {
  readonly kind: 'fields';
  readonly fields: readonly SignInField[];
  /**
   * The values open a session (the connector's `open`), which is renewed (`renew`). Without it, the one secret is itself the credential, or,
   * for the credential `basic`, all values in their order are.
   */
  readonly session?: true;
  readonly ending: 'by_hand';
  /** Also where users get the values. */
  readonly appsPage: AppsPage;
  readonly scopes?: CapabilityScopes;
}

/** There is no sign-in: people, or a robot in their browser, do the work. */
export interface NoTerms {
  readonly kind: 'none';
  readonly by: 'manual' | 'robot';
  /** What the user tells about the account, none of it secret. */
  readonly fields?: readonly (SignInField & { readonly kind: 'text' })[];
}

export type SignInTerms = OAuthTerms | FieldsTerms | NoTerms;

/**
 * How the credential is sent with each request: as a bearer token; as the name and password of `Basic`, from the text `name:password`; in a
 * header of this name; in place of `{token}` in the addresses `api` and `uploads`; or by the connector's `sign`.
 */
export type CredentialPlace = 'bearer' | 'basic' | { readonly header: string } | 'in_address' | 'signed';

/** A platform that runs on many servers, or gives each shop an address: the user says which one. */
export interface ServerTerms {
  readonly label: Fact;
  readonly help: Fact;
  /** A host, such as `mastodon.social`. */
  readonly example: string;
  /** The host of most users, used if nobody names another one. */
  readonly default?: string;
}

interface Documented extends Face {
  /** What a post has besides its text, separately for each account that it is sent to. */
  readonly options?: readonly OptionField[];
  /** Rules about several of these options, or about options and media. */
  readonly optionRules?: readonly OptionRule[];
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
  readonly auth: SignInTerms;
  readonly credential: CredentialPlace;
  /** One sign-in may give access to several accounts, all of which `identify` returns. */
  readonly several?: true;
  /** Omitted if the platform is one site. */
  readonly server?: ServerTerms;
  readonly api: Address;
  /** Address for files that the platform does not accept at `api`. */
  readonly uploads?: Address;
  /** Where the public sees the account's posts or shop. */
  readonly web: Address;
  /** Other hosts of the same site, without `www.` or `m.`. Users copy addresses from there as well. */
  readonly webAliases?: readonly string[];
  /** The platform accepts an idempotency key with a post and returns the first result for repeated requests for this long, at least 60 s. */
  readonly publishKey?: { readonly seconds: number };
  /** Where a user sees whether a post was published. For platforms that cannot be asked, which do not have the capability `lookup`. */
  readonly whereToLook?: Fact;
  /** Maximum number of posts per `engagement` call. */
  readonly engagementBatch?: number;
  /** The limits of posts differ between accounts or servers, so they are read (`hooks.limits`). */
  readonly ownLimits?: true;
  /** Omitted if the platform tells us nothing by itself. */
  readonly webhooks?: WebhookTerms;
  /** Advice, with a link, if a sign-in gives access to nothing that can be connected. */
  readonly nothingToConnect?: {
    readonly title: Fact;
    readonly words: Fact;
    readonly label: Fact;
    readonly address: Address;
  };
}
/**
 * A platform without an API. What is due there becomes an action for a person, who posts it and tells its address. It has no connector and
 * no stand-in: nothing is ever sent. What follows a post would need an action of its own, so threads, comments and reposts are excluded.
 */
export interface ManualManifest extends Documented {
  readonly kind: 'manual';
  readonly capabilities: readonly ['publish'];
  readonly post: PostLimits & { thread?: undefined; firstComment?: undefined; repost?: undefined };
  /** Where the public sees posts: an absolute address. */
  readonly web: string;
  /** Other hosts of the same site, without `www.` or `m.`. */
  readonly webAliases?: readonly string[];
  /** What a person does there, step by step, one line for each. */
  readonly steps: Fact;
  /** Where a person writes a post. */
  readonly editor: string;
  /** How people tell which account it is: by the address of its page. */
  readonly profile: { readonly label: Fact; readonly help: Fact; readonly example: string };
  /** Matches the path of a post below the site, with the post's id in the group `id`. */
  readonly postPath: RegExp;
}
/** A platform that a browser would have to work for us. This is declared but not built: it can do nothing, and nobody can connect it. */
export interface RobotManifest extends Documented {
  readonly kind: 'robot';
  readonly capabilities: readonly [];
}
/** A platform that screens mention but that nobody can use yet. */
export interface AnnouncedManifest extends Documented {
  readonly kind: 'announced';
  readonly capabilities: readonly [];
}
export type Manifest = AvailableManifest | ManualManifest | RobotManifest | AnnouncedManifest;

/** Returns every scope that a sign-in at this platform requests, without duplicates. */
export function allScopes(auth: SignInTerms): string[] {
  if (auth.kind === 'none') return [];
  const account = auth.kind === 'oauth2' ? auth.accountScopes : [];
  const kinds = auth.kind === 'oauth2' ? (auth.kinds ?? []) : [];
  const needed = [auth.scopes ?? {}, ...kinds.map(({ scopes }) => scopes ?? {})];
  return [...new Set([...account, ...needed.flatMap((one) => Object.values(one).flat())])];
}

/** Returns the scopes that a sign-in requests without the optional access. */
export function leastScopes(auth: OAuthTerms): string[] {
  const optional = (auth.optional ?? []).flatMap(({ scopes }) => scopes);
  return allScopes(auth).filter((scope) => !optional.includes(scope));
}

/** Whether a scope is among those granted, also by a wider one (`write` gives `write:media`). */
const covers = (granted: readonly string[], scope: string): boolean =>
  granted.some((one) => one === scope || scope.startsWith(`${one}:`));

/**
 * Whether an account may use a capability with the scopes that were granted. Platforms that do not report what they granted gave everything
 * (`granted` is empty).
 */
export function mayUse(
  auth: SignInTerms,
  capability: Capability,
  { remoteId, granted }: { readonly remoteId: string; readonly granted: readonly string[] },
): boolean {
  if (auth.kind === 'none') return true;
  const kind =
    auth.kind === 'oauth2' ? auth.kinds?.find(({ accounts }) => accounts.test(remoteId)) : undefined;
  if (kind?.without?.includes(capability)) return false;
  const needed = (kind?.scopes ?? auth.scopes)?.[capability] ?? [];
  return granted.length === 0 || needed.every((scope) => covers(granted, scope));
}

/** Returns what was not granted of the optional access, as text: withheld by the user if it was requested, else refused by the platform. */
export function missingAccess(
  auth: SignInTerms,
  { granted, requested }: { readonly granted: readonly string[]; readonly requested: readonly string[] },
): { readonly words: Fact; readonly withheld: boolean }[] {
  if (auth.kind !== 'oauth2' || granted.length === 0) return [];
  return (auth.optional ?? [])
    .filter(({ scopes }) => !scopes.every((scope) => covers(granted, scope)))
    .map(({ scopes, missing }) => {
      const withheld = requested.length === 0 || scopes.every((scope) => requested.includes(scope));
      return { words: withheld ? missing.withheld : missing.refused, withheld };
    });
}

/** What is stored about the end of a sign-in's credentials. `renewable` is null if it is not known. */
export interface Lifetimes {
  readonly renewable: boolean | null;
  readonly accessExpiresAt: Date | null;
  readonly refreshExpiresAt: Date | null;
}

/** Returns when the user has to sign in again whatever Tributary does; null if that is never or not known. */
export function signInEnds(auth: SignInTerms, grant: Lifetimes): Date | null {
  if (!renewsItself(auth) || grant.renewable === false) return grant.accessExpiresAt;
  return auth.kind === 'oauth2' && auth.refreshEnd === 'fixed' ? grant.refreshExpiresAt : null;
}

/** Returns when a sign-in that Tributary renews ends if it could not be renewed until then; null otherwise. */
export const lapses = (auth: SignInTerms, grant: Lifetimes): Date | null =>
  signInEnds(auth, grant) === null && renewsItself(auth) ? grant.refreshExpiresAt : null;

/** Returns the values that a user enters to sign in, in their order; none if they sign in at the platform. */
export const signInFields = (auth: SignInTerms): readonly SignInField[] =>
  auth.kind === 'oauth2' ? [] : (auth.fields ?? []);

/** Whether Tributary renews the credentials of a connection by itself. */
export const renewsItself = (auth: SignInTerms): boolean =>
  auth.kind === 'oauth2' ? auth.refresh !== 'none' : auth.kind === 'fields' && auth.session === true;

/** Whether only the user can end our access at the platform. */
export const endsByHand = (auth: SignInTerms): boolean => auth.kind !== 'none' && auth.ending === 'by_hand';
