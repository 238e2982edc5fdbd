import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Db } from '@/db/client';
import { connections } from '@/db/schema';
import { connectionContext, sealTokens } from '@/server/connectors/host/tokens';
import { NEW_SECRETS, resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { resetSecrets } from '@/server/foundation/secrets';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { checkSecretsFit } from './boot-secrets';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
afterEach(() => {
  vi.unstubAllEnvs();
  resetEnv();
  resetSecrets();
});

function withKey(key: string, settings: Record<string, string> = {}) {
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${key}`);
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  resetEnv();
  resetSecrets();
}
async function connect(workspaceId: string) {
  const id = newId('connection');
  await db.asSystem((tx) =>
    tx.insert(connections).values({
      id,
      workspaceId,
      platform: 'x',
      environment: 'sandbox',
      status: 'active',
      remoteId: id,
      remoteName: id,
      remote: {},
      // All generated secrets share one key id, so only the key itself differs.
      credentials: sealTokens(connectionContext(id), {
        accessToken: randomBytes(8).toString('hex'),
        refreshToken: null,
      }),
    }),
  );
}

test('credentials sealed with other secrets block the start until the operator confirms that they are lost', async () => {
  const [old, fresh] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  withKey(fresh);
  await checkSecretsFit(db);
  withKey(old);
  const { workspaceId } = await createWorld(db);
  await connect(workspaceId);
  withKey(fresh);
  await expect(checkSecretsFit(db)).rejects.toThrow(
    /sealed with different secrets[\s\S]*backup[\s\S]*TRIBUTARY_NEW_SECRETS/,
  );
  withKey(fresh, { TRIBUTARY_NEW_SECRETS: NEW_SECRETS });
  await checkSecretsFit(db);
  vi.stubEnv('TRIBUTARY_NEW_SECRETS', '');
  withKey(old);
  await checkSecretsFit(db);
  // Once a platform is connected again, no confirmation is needed.
  withKey(fresh);
  await connect(workspaceId);
  await checkSecretsFit(db);
});
