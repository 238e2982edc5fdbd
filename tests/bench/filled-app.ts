import path from 'node:path';
import { openDb } from '@/db/client';
import { resetEnv } from '@/server/foundation/env';
import { resetSecrets } from '@/server/foundation/secrets';
import { scratchFolder, startApp } from './app';
import { fill } from './publish-rows';

/** Without limits: otherwise X's own rate limit would be measured. */
export const NO_LIMITS = { PLATFORM_LIMITS: '{"x":[]}' };

/**
 * Creates an embedded database folder with pending posts. The first is due in `leadMs`, and post `i` is due `offset(i)` milliseconds after
 * that. The app is not running on the folder.
 */
export async function filledFolder(wanted: {
  posts: number;
  connections: number;
  leadMs: number;
  offset: (i: number) => number;
}): Promise<{ dataDir: string; folder: string; dueFrom: number }> {
  const dataDir = scratchFolder();
  process.env.TRIBUTARY_DATA_DIR = dataDir;
  resetEnv();
  resetSecrets();
  // The first start creates the demo workspace with its sandbox connections.
  await (await startApp({ dataDir })).stop();
  const folder = path.join(dataDir, 'pglite');
  const db = await openDb({ dataDir: folder });
  const dueFrom = Date.now() + wanted.leadMs;
  await fill(db, {
    posts: wanted.posts,
    connections: wanted.connections,
    dueAt: (i) => new Date(dueFrom + wanted.offset(i)),
  });
  await db.close();
  return { dataDir, folder, dueFrom };
}
