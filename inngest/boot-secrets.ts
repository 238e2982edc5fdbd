import { isNotNull } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections } from '@/db/schema';
import { openTokens } from '@/server/connectors/host/tokens';
import { EnvError, env } from '@/server/foundation/env';
import { RECOVERY_HINT } from '@/server/foundation/secrets';

/**
 * Checks that the secrets of this process fit the database. Throws `EnvError` with instructions if there are sealed credentials and none of
 * them opens, because the secrets are new or belong to another installation.
 */
export async function checkSecretsFit(db: Db): Promise<void> {
  if (env().TRIBUTARY_NEW_SECRETS) return;
  const sealed = await db.asSystem((tx) =>
    tx
      .select({ id: connections.id, credentials: connections.credentials })
      .from(connections)
      .where(isNotNull(connections.credentials))
      .limit(200),
  );
  const opens = ({ id, credentials }: (typeof sealed)[number]) => {
    try {
      openTokens(id, credentials ?? '');
      return true;
    } catch {
      return false;
    }
  };
  if (sealed.length > 0 && !sealed.some(opens))
    throw new EnvError([
      `The credentials of connected platforms in this database were sealed with different secrets. ${RECOVERY_HINT}`,
    ]);
}
