import type { grants } from '@/db/schema';
import { isPlatformId } from '@/server/connectors/faces';
import { manifests } from '@/server/connectors/registry';

/** Whether a sign-in can be asked for further accounts: the platform has several to one sign-in, and its token is kept and has not ended. */
export function listsMore({
  platform,
  credentials,
  endedAt,
}: Pick<typeof grants.$inferSelect, 'platform' | 'credentials' | 'endedAt'>): boolean {
  if (!isPlatformId(platform) || credentials === null || endedAt !== null) return false;
  const manifest = manifests[platform];
  return manifest.kind === 'api' && 'several' in manifest && manifest.several === true;
}
