import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { inArray, min } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { files, fileVersions, workspaces } from '@/db/schema';
import type { Clock } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';
import { log } from '@/server/foundation/log';
import { type RemovedFiles, removeUnused } from './remove-unused';
import { lockStore } from './storage-limit';
import { incomingFolder, KEY, storeFolder } from './store';

/** Number of contents per query and per lock. */
const BATCH = 200;

export interface CleanedUp extends RemovedFiles {
  /** Incomplete uploads. */
  incoming: number;
  contents: number;
  bytes: number;
}

/**
 * Frees storage that is no longer needed: incomplete uploads after a day, files for posts that were unused for a week, and content without
 * a row in any workspace after a day. Safe to repeat and to run concurrently.
 */
export async function cleanUpFiles({
  db,
  clock,
  batch = BATCH,
}: {
  db: Db;
  clock: Clock;
  batch?: number;
}): Promise<CleanedUp> {
  const before = clock.now().getTime() - DAY_MS;
  const incoming = await removeIncoming(before);
  const removed = await removeUnused({ db, clock });
  return { incoming, ...removed, ...(await removeContents(db, before, batch)) };
}

async function removeIncoming(before: number): Promise<number> {
  let gone = 0;
  for (const name of await namesIn(incomingFolder())) {
    const file = path.join(/* turbopackIgnore: true */ incomingFolder(), name);
    if ((await agedOf(file)) >= before) continue;
    await rm(file, { force: true });
    gone++;
  }
  return gone;
}

/**
 * Removes content that no row needs. Rows of several workspaces may share it, and it may be uploaded again at any moment. An upload moves
 * its file into place under the store's lock, in the transaction that writes its row (`Incoming.keep`), and this function checks both again
 * under the same lock. So either it sees the row, or the upload comes later and stores its own file.
 */
async function removeContents(
  db: Db,
  before: number,
  batch: number,
): Promise<Pick<CleanedUp, 'contents' | 'bytes'>> {
  const done = { contents: 0, bytes: 0 };
  // Content older than this database's first workspace belongs to another database that used this folder, so it is left alone.
  const [oldest] = await db.asSystem((tx) => tx.select({ at: min(workspaces.createdAt) }).from(workspaces));
  const since = oldest?.at?.getTime();
  if (since === undefined) return done;
  for (const folder of await namesIn(storeFolder())) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    const old: string[] = [];
    for (const name of await namesIn(path.join(/* turbopackIgnore: true */ storeFolder(), folder))) {
      const key = `${folder}/${name}`;
      if (!KEY.test(key)) continue;
      const aged = await agedOf(placeOf(key));
      if (aged < before && aged >= since) old.push(key);
    }
    for (let i = 0; i < old.length; i += batch) {
      const some = await db.asSystem((tx) => unneeded(tx, old.slice(i, i + batch)));
      if (some.length === 0) continue;
      await db.asSystem(async (tx) => {
        await lockStore(tx, 'to remove');
        for (const key of await unneeded(tx, some)) {
          const found = await stat(placeOf(key)).catch(() => null);
          if (!found || found.mtimeMs >= before) continue;
          await rm(placeOf(key), { force: true });
          done.contents++;
          done.bytes += found.size;
        }
      });
    }
  }
  if (done.contents > 0) log().info(done, 'unreferenced file contents were removed');
  return done;
}

const placeOf = (key: string): string => path.join(/* turbopackIgnore: true */ storeFolder(), key);

/** Returns the keys that no row needs. */
async function unneeded(
  tx: Parameters<Parameters<Db['asSystem']>[0]>[0],
  keys: readonly string[],
): Promise<string[]> {
  const whole = await tx
    .selectDistinct({ key: files.storageKey })
    .from(files)
    .where(inArray(files.storageKey, [...keys]));
  const still = await tx
    .selectDistinct({ key: files.stillKey })
    .from(files)
    .where(inArray(files.stillKey, [...keys]));
  const versions = await tx
    .selectDistinct({ key: fileVersions.storageKey })
    .from(fileVersions)
    .where(inArray(fileVersions.storageKey, [...keys]));
  const needed = new Set([...whole, ...still, ...versions].map(({ key }) => key));
  return keys.filter((key) => !needed.has(key));
}

/** Returns when a file was written, in milliseconds since 1970, or infinity if it no longer exists. */
const agedOf = (file: string): Promise<number> =>
  stat(file).then(
    (found) => found.mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
