import { isOnServer, publicUrl } from '@/server/connectors/host/clients';
import { platformManifest } from '@/server/connectors/registry';
import type { Fact } from '@/server/foundation/facts';
import type { Place } from './platform-client';

/**
 * Returns the page on which users see and remove the access that they gave on a platform, or null if there is none, or it is on a server that
 * is not known.
 */
export function appsPageOf(
  platform: string,
  { environment, server }: Place,
): { url: string; where: Fact } | null {
  const manifest = platformManifest(platform);
  if (manifest.kind !== 'api' || manifest.auth.kind === 'none') return null;
  const { address, where } = manifest.auth.appsPage;
  if (server === null && isOnServer(address)) return null;
  return { url: publicUrl(address, environment, server), where };
}
