import { existsSync } from 'node:fs';
import path from 'node:path';
import { configuredDatabase, type Db, openDb } from '@/db/client';
import { FolderInUse } from '@/db/folder-lock';
import { readSnapshot } from '@/db/snapshot';
import { checkSecretsFit } from '@/inngest/boot-secrets';
import type { Env } from '@/server/foundation/env';
import { existingSecrets } from '@/server/foundation/secrets';
import type { SnapshotSource } from './create';
import { BackupError } from './format';
import { NotServed, requestSnapshot } from './request-snapshot';
import { readSnapshotAddress } from './serve-snapshots';

const HOUR_MS = 3_600_000;
/** A backup may take as long as it needs. */
const LIMITS = { connectMs: 30_000, statementMs: 12 * HOUR_MS, idleMs: 12 * HOUR_MS };

/**
 * Returns where this installation's snapshot comes from: its PostgreSQL; the embedded database's folder, if the app is not running; or the
 * running app. Throws BackupError if there is nothing to back up, or if the app that is running cannot be asked.
 */
export async function installationSource(
  settings: Env,
): Promise<{ source: SnapshotSource; close: () => Promise<void> }> {
  const options = configuredDatabase(settings);
  if (!settings.DATABASE_URL && !existsSync(path.join(options.dataDir, 'PG_VERSION')))
    throw new BackupError(
      `There is nothing to back up: ${settings.dataDir} contains no database, and DATABASE_URL is not set. ` +
        'Run this with the settings of the installation (.env).',
    );
  try {
    return opened(await openDb({ ...options, limits: LIMITS, folderWaitMs: 0 }));
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
  }
  const running = readSnapshotAddress(settings.dataDir);
  if (!running) throw unreachableApp();
  return {
    source: (sink) =>
      requestSnapshot(running, sink).catch((error: unknown) => {
        throw error instanceof NotServed ? unreachableApp() : error;
      }),
    close: async () => {},
  };
}

const unreachableApp = () =>
  new BackupError(
    'The app is running and has its database open, but it cannot be asked for the backup from here: it runs in another container or on another machine, or it is an earlier version. ' +
      'Run this where the app runs (docker compose exec app npm run backup), or stop the app first. Nothing was written.',
  );

function opened(db: Db): { source: SnapshotSource; close: () => Promise<void> } {
  return {
    source: async (sink) => {
      const secrets = existingSecrets();
      await readSnapshot(db, sink);
      // A backup with other keys would be worthless.
      await checkSecretsFit(db);
      return secrets;
    },
    close: () => db.close(),
  };
}
