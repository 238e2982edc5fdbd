import { isNotNull } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections } from '@/db/schema';
import { openTokens } from '@/server/connectors/host/tokens';
import { EnvError, env } from '@/server/foundation/env';
import { RECOVERY_HINT } from '@/server/foundation/secrets';

/**
 * Whether the secrets of this process are those of the database. Throws EnvError, with what to do, when there are sealed credentials and not
 * one opens: the secrets are new, or another installation's.
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
      `The credentials of connected platforms in this database were sealed with other secrets than the present ones. ${RECOVERY_HINT}`,
    ]);
}
