import { publicUrl } from '@/server/connectors/host/clients';
import type { Environment } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/registry';
import type { Fact } from '@/server/foundation/facts';

/**
 * Returns the page on which users see and remove the apps that they authorized on a platform, or null if the installation cannot connect to
 * it.
 */
export function appsPageOf(platform: string, environment: Environment): { url: string; where: Fact } | null {
  const manifest = platformManifest(platform);
  if (manifest.kind !== 'api') return null;
  const { address, where } = manifest.auth.appsPage;
  return { url: publicUrl(address, environment), where };
}
