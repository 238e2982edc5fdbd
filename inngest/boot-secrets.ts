import { isNotNull } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections, grants } from '@/db/schema';
import { ownSecretsOf, secretsOf } from '@/server/domains/connections/credentials';
import { EnvError, env } from '@/server/foundation/env';
import { RECOVERY_HINT } from '@/server/foundation/secrets';

/**
 * Checks that the secrets of this process fit the database. Throws `EnvError` with instructions if there are sealed credentials and none of
 * them opens, because the secrets are new or belong to another installation.
 */
export async function checkSecretsFit(db: Db): Promise<void> {
  if (env().TRIBUTARY_NEW_SECRETS) return;
  const sealed = await db.asSystem(async (tx) => [
    ...(await tx.select().from(grants).where(isNotNull(grants.credentials)).limit(200)).map(secretsOf),
    ...(await tx.select().from(connections).where(isNotNull(connections.credentials)).limit(200)).map(
      ownSecretsOf,
    ),
  ]);
  if (sealed.length > 0 && sealed.every((secrets) => secrets === null))
    throw new EnvError([
      `The credentials of connected platforms in this database were sealed with different secrets. ${RECOVERY_HINT}`,
    ]);
}
