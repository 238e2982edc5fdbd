import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { inArray, min } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { files, workspaces } from '@/db/schema';
import type { Clock } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';
import { log } from '@/server/foundation/log';
import { type RemovedFiles, removeUnused } from './remove-unused';
import { lockStore } from './storage-limit';
import { incomingFolder, KEY, storeFolder } from './store';

/** Contents in one question, and in one lock. */
const BATCH = 200;

export interface CleanedUp extends RemovedFiles {
  /** Uploads that never ended. */
  incoming: number;
  contents: number;
  bytes: number;
}

/**
 * Gives back the room of what nobody needs: uploads that never ended, after a day; files of posts that nothing has used for a week;
 * contents that no row of any workspace names, after a day. Repeating it does no harm, nor do two at once.
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
 * A content may be shared by rows of several workspaces, and be uploaded again at this moment. Its file is put into place under the
 * store's lock, in the transaction that writes its row (`Incoming.keep`); here both are looked at once more under the same lock. So either
 * its row is seen, or it comes after and puts a file of its own there.
 */
async function removeContents(
  db: Db,
  before: number,
  batch: number,
): Promise<Pick<CleanedUp, 'contents' | 'bytes'>> {
  const done = { contents: 0, bytes: 0 };
  // What was there before this database's first workspace belongs to another one that had this folder: it is left alone.
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
  if (done.contents > 0) log().info(done, 'contents that nothing needs were removed');
  return done;
}

const placeOf = (key: string): string => path.join(/* turbopackIgnore: true */ storeFolder(), key);

/** Those that no row needs. */
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
  const needed = new Set([...whole, ...still].map(({ key }) => key));
  return keys.filter((key) => !needed.has(key));
}

/** When a file was written, in milliseconds since 1970; never, when it is gone. */
const agedOf = (file: string): Promise<number> =>
  stat(file).then(
    (found) => found.mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
