import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { type Db, getDb } from '@/db/client';
import { heartbeatAge } from '@/inngest/embedded/heartbeat';
import { storeFolder } from '@/server/domains/files/store';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { log } from '@/server/foundation/log';

/** Age of the last heartbeat at which the runner counts as down, in milliseconds. */
const HEARTBEAT_LIMIT_MS = 15_000;
/** A check that takes longer counts as failed, because monitors give up after five seconds. */
const CHECK_TIMEOUT_MS = 4_000;
/** How long a result is reused, so that polling causes no load. */
const CACHE_MS = 2_000;
/** More than the spare space a file system may have in blocks that it has already allocated. */
const PROBE_BYTES = 64 * 1024;

export type DatabaseState = 'open' | 'not migrated' | 'not reachable' | 'not answering' | 'not writable';
export type RunnerState = 'alive' | 'external' | 'not running' | 'unknown';
export type FilesState = 'writable' | 'none' | 'no room' | 'not writable' | 'not answering';
export interface Health {
  ok: boolean;
  database: DatabaseState;
  runner: RunnerState;
  files: FilesState;
}

/** Returns the health of each part within five seconds. Each part proves itself by a write. */
export function healthChecks(
  write: (folder: string) => Promise<void> = probeWrite,
  answerMs = CHECK_TIMEOUT_MS,
) {
  const database = withTimeout<Pick<Health, 'database' | 'runner'>>(checkDatabase, answerMs, {
    database: 'not answering',
    runner: 'unknown',
  });
  const files = withTimeout<FilesState>(() => checkFiles(write), answerMs, 'not answering');
  let kept: { at: number; health: Promise<Health> } | undefined;
  return (): Promise<Health> => {
    const now = performance.now();
    if (!kept || now - kept.at > CACHE_MS) {
      const health = Promise.all([database(), files()]).then(([parts, files]) => ({
        ok:
          parts.database === 'open' &&
          (parts.runner === 'alive' || parts.runner === 'external') &&
          (files === 'writable' || files === 'none'),
        ...parts,
        files,
      }));
      kept = { at: now, health };
      // The result's age counts from when it is available, not from the request.
      void health.then(() => {
        if (kept?.health === health) kept.at = performance.now();
      });
    }
    return kept.health;
  };
}

/** Starts no second check while one hangs, because each would hold another connection or thread. */
function withTimeout<T>(check: () => Promise<T>, ms: number, late: T): () => Promise<T> {
  let running: Promise<T> | undefined;
  return async () => {
    running ??= check().finally(() => {
      running = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(late), ms);
    });
    try {
      return await Promise.race([running, over]);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function checkDatabase(): Promise<Pick<Health, 'database' | 'runner'>> {
  const external = env().externalInngest;
  let db: Db | undefined;
  let read = false;
  try {
    db = await getDb();
    // Reading the table proves that the database is open and migrated.
    const age = await heartbeatAge(db, systemClock);
    read = true;
    const at = systemClock.now().toISOString();
    await db.asSystem((tx) =>
      tx.execute(sql`insert into heartbeats (part, at) values ('health', ${at}::timestamptz)
        on conflict (part) do update set at = excluded.at`),
    );
    const alive = age !== null && age < HEARTBEAT_LIMIT_MS;
    return { database: 'open', runner: external ? 'external' : alive ? 'alive' : 'not running' };
  } catch (error) {
    log().warn({ err: error }, 'the health check failed');
    const answers = db ? await db.raw.execute(sql`select 1`).then(...yesNo) : false;
    const state = read ? 'not writable' : 'not migrated';
    return { database: answers ? state : 'not reachable', runner: 'unknown' };
  }
}
const yesNo = [() => true, () => false] as const;

async function checkFiles(write: (folder: string) => Promise<void>): Promise<FilesState> {
  try {
    await write(storeFolder());
    return 'writable';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A serverless function has no data folder, and its database is remote.
    if (code === 'EROFS' && env().DATABASE_URL && !(await exists(env().dataDir))) return 'none';
    log().warn({ err: error }, 'files cannot be written');
    return code === 'ENOSPC' || code === 'EDQUOT' ? 'no room' : 'not writable';
  }
}

const exists = (folder: string): Promise<boolean> =>
  open(/* turbopackIgnore: true */ folder, 'r').then(
    (handle) => handle.close().then(() => true),
    () => false,
  );

/** Writes a file to the files folder and syncs it to disk, because only that proves that there is space. */
async function probeWrite(folder: string): Promise<void> {
  await mkdir(/* turbopackIgnore: true */ folder, { recursive: true });
  const file = path.join(/* turbopackIgnore: true */ folder, `.health-${process.pid}`);
  try {
    const handle = await open(/* turbopackIgnore: true */ file, 'w', 0o600);
    try {
      // Random, so that no file system can compress it.
      await handle.writeFile(randomBytes(PROBE_BYTES));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } finally {
    await rm(/* turbopackIgnore: true */ file, { force: true });
  }
}
