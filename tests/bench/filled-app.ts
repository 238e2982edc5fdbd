import path from 'node:path';
import { openDb } from '@/db/client';
import { resetEnv } from '@/server/foundation/env';
import { resetSecrets } from '@/server/foundation/secrets';
import { scratchFolder, startApp } from './app';
import { fill } from './publish-rows';

/** No limit: X's own would be what is measured. */
export const NO_LIMITS = { PLATFORM_LIMITS: '{"x":[]}' };

/**
 * A folder of the embedded database with posts that wait, the first of them due in `leadMs`: `offset` is how much later each is, in
 * milliseconds. The app is not running on it.
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
  // The first start makes the demo workspace with its sandbox connections.
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
