import { fact } from '@/server/foundation/facts';
import { found, locateOnSite, type ReadAddress } from './addresses';
import type { RemoteIdentity } from './connector';
import type { ManualManifest } from './manifest';

type Terms = Pick<ManualManifest, 'name' | 'web' | 'webAliases' | 'postPath'>;

const pathOf = (segments: readonly string[]): string => `/${segments.join('/')}`;

/** Returns how the address of a post on a manual platform is read: by the path of its manifest. Pure. */
export const readByPath =
  ({ name, postPath }: Terms): ReadAddress =>
  ({ segments }) => {
    const id = new RegExp(postPath.source, postPath.flags.replace(/[gy]/g, '')).exec(pathOf(segments))?.groups
      ?.id;
    return id ? found(id) : { ok: false, why: fact('connectors.addresses.noPost', { platform: name }) };
  };

/**
 * Returns the account on a manual platform whose page a person named, with or without the scheme; null if the address is not on the site or
 * is the site itself. Its path is its id there. Pure.
 */
export function accountAt({ name, web, webAliases = [] }: Terms, typed: string): RemoteIdentity | null {
  const address = typed.includes('://') ? typed : `https://${typed}`;
  const place = locateOnSite({ name, web, aliases: webAliases }, address);
  const last = place?.segments.at(-1);
  if (!place || last === undefined) return null;
  const path = pathOf(place.segments);
  return { remoteId: path.toLowerCase(), remote: {}, name: decodeSafely(last), url: `${web}${path}` };
}

function decodeSafely(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
