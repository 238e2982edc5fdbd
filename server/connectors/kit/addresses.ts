import { type Fact, fact } from '@/server/foundation/facts';

/** The properties of an account that its addresses are compared with. */
export interface AddressAccount {
  /** Its id at the platform. */
  readonly remoteId: string;
  /** Address of its own page there, or null. */
  readonly remoteUrl: string | null;
  /** Other data from the platform; `username` on X. */
  readonly remote: Readonly<Record<string, string>>;
}

/** The website on which a platform shows its posts. */
export interface Site {
  readonly name: string;
  /** The manifest's `web` or its sandbox stand-in, without a trailing slash. */
  readonly web: string;
  /** Other hosts of the same site: the manifest's `webAliases`. */
  readonly aliases: readonly string[];
}

/** What an address yields: the id of a post, or null if the platform hides it; or why it cannot be the post, for the field's error. */
export type FoundId = { ok: true; remoteId: string | null } | { ok: false; why: Fact };

/** The parts of an address below the platform's site. */
export interface Place {
  segments: string[];
  query: URLSearchParams;
}

/** Reads the id of a post from a place on the platform's site. Refuses posts of other accounts, because a thread would be attached to them. */
export type ReadAddress = (
  place: Place,
  account: AddressAccount,
  site: Site,
  kind: 'post' | 'reply',
) => FoundId;

/** The platform does not say which post it is. */
export const hidden: FoundId = { ok: true, remoteId: null };
export const found = (remoteId: string): FoundId => ({ ok: true, remoteId });

/**
 * Reads the id of a post from the address that a user copied on the platform. Refuses other sites. `read` is the platform's own part. Pure.
 */
export function remoteIdIn(
  read: ReadAddress | undefined,
  address: string,
  account: AddressAccount,
  site: Site,
  kind: 'post' | 'reply' | 'repost' = 'post',
): FoundId {
  const place = locateOnSite(site, address);
  if (!place) return { ok: false, why: fact('connectors.addresses.elsewhere', { platform: site.name }) };
  // A repost has no address of its own; users see the original post.
  if (kind === 'repost' || !read) return hidden;
  return read(place, account, site, kind);
}

/** Strips `www.` and the prefixes of mobile and old addresses from a host. */
const bare = (host: string): string => host.toLowerCase().replace(/^(?:www|m|mobile|mbasic|touch|web)\./, '');

/** Returns the segments of the path below the site, or null if the address is elsewhere. */
export function locateOnSite(site: Site, address: string): Place | null {
  if (!URL.canParse(address)) return null;
  const [url, web] = [new URL(address), new URL(site.web)];
  const base = web.pathname.replace(/\/$/, '');
  if (![web.host, ...site.aliases].some((host) => bare(host) === bare(url.host))) return null;
  if (!`${url.pathname}/`.startsWith(`${base}/`)) return null;
  const segments = url.pathname.slice(base.length).split('/').filter(Boolean);
  return { segments, query: url.searchParams };
}
