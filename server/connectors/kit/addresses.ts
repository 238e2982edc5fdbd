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

/**
 * Reads the id of a post from the address that a user copied on the platform. Refuses other sites and posts of other accounts, because the
 * rest of a thread would be attached to them. X: `/<name>/status/<id>`. A Page's post: `<page>_<post>`, or the number of the post next to
 * that of the Page; a comment has the number of its post and its own. Facebook's newer addresses (`pfbid…`) hide the number. Pure.
 */
export function remoteIdIn(
  platform: string,
  address: string,
  account: AddressAccount,
  site: Site,
  kind: 'post' | 'reply' | 'repost' = 'post',
): FoundId {
  const place = locateOnSite(site, address);
  if (!place) return { ok: false, why: fact('connectors.addresses.elsewhere', { platform: site.name }) };
  // A repost has no address of its own; users see the original post.
  if (kind === 'repost') return hidden;
  if (platform === 'x') return onX(place, account);
  return platform === 'facebook' ? onFacebook(place, account, site, kind) : hidden;
}

interface Place {
  segments: string[];
  query: URLSearchParams;
}

const hidden: FoundId = { ok: true, remoteId: null };
const found = (remoteId: string): FoundId => ({ ok: true, remoteId });

/** Strips `www.` and the prefixes of mobile and old addresses from a host. */
const bare = (host: string): string => host.toLowerCase().replace(/^(?:www|m|mobile|mbasic|touch|web)\./, '');

/** Returns the segments of the path below the site, or null if the address is elsewhere. */
function locateOnSite(site: Site, address: string): Place | null {
  if (!URL.canParse(address)) return null;
  const [url, web] = [new URL(address), new URL(site.web)];
  const base = web.pathname.replace(/\/$/, '');
  if (![web.host, ...site.aliases].some((host) => bare(host) === bare(url.host))) return null;
  if (!`${url.pathname}/`.startsWith(`${base}/`)) return null;
  const segments = url.pathname.slice(base.length).split('/').filter(Boolean);
  return { segments, query: url.searchParams };
}

function onX({ segments }: Place, { remote: { username } }: AddressAccount): FoundId {
  const at = segments.findIndex((piece) => piece === 'status' || piece === 'statuses');
  const [name, id] = [segments[0], segments[at + 1]];
  if (at < 1 || !id || !/^\d{1,19}$/.test(id))
    return {
      ok: false,
      why: fact('platforms.x.addresses.noPost'),
    };
  if (!username || name?.toLowerCase() === username.toLowerCase()) return found(id);
  // `/i/status/<id>` leads to a post without naming its author.
  return {
    ok: false,
    why:
      name === 'i'
        ? fact('platforms.x.addresses.nobodys', { username })
        : fact('platforms.x.addresses.somebodyElses', { owner: name ?? '', username }),
  };
}

const NUMBER = /^\d+$/;

function onFacebook(place: Place, account: AddressAccount, site: Site, kind: 'post' | 'reply'): FoundId {
  const { segments, query } = place;
  const comment = query.get('comment_id');
  if (kind === 'post' && comment !== null)
    return {
      ok: false,
      why: fact('platforms.facebook.addresses.comment'),
    };
  if (kind === 'reply' && comment === null)
    return {
      ok: false,
      why: fact('platforms.facebook.addresses.post'),
    };
  const whole = segments.map((piece) => /^(\d+)_(\d+)$/.exec(piece)).find((match) => match !== null);
  const story = query.get('story_fbid');
  const at = segments.indexOf('posts');
  const number =
    whole?.[2] ?? story ?? (at >= 0 ? segments.slice(at + 1).findLast((s) => NUMBER.test(s)) : null);
  const owner = whole?.[1] ?? (story === null ? (at > 0 ? segments[0] : null) : query.get('id'));
  if (owner && !belongsToPage(owner, account, site))
    return {
      ok: false,
      why: fact('platforms.facebook.addresses.otherPage'),
    };
  if (!number || !NUMBER.test(number)) return hidden;
  if (kind === 'reply') return comment && NUMBER.test(comment) ? found(`${number}_${comment}`) : hidden;
  return found(`${account.remoteId}_${number}`);
}

/** Whether a number or name refers to the Page. Names are compared only if the Page's own address has one. */
function belongsToPage(owner: string, account: AddressAccount, site: Site): boolean {
  // A newer Page has a second number, that of its profile, which appears in its address.
  if (NUMBER.test(owner))
    return (
      owner === account.remoteId ||
      (account.remoteUrl?.match(/\d+/g)?.some((number) => number === owner) ?? false)
    );
  const [own, ...rest] = (account.remoteUrl && locateOnSite(site, account.remoteUrl)?.segments) || [];
  if (!own || rest.length > 0 || own.includes('.php') || NUMBER.test(own)) return owner !== 'groups';
  // Facebook ignores dots and case when it looks up a name.
  const plain = (name: string) => name.toLowerCase().replaceAll('.', '');
  return plain(own) === plain(owner);
}
