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

/** After so long the runner counts as gone, in milliseconds. */
const BEAT_LIMIT_MS = 15_000;
/** A check that takes longer counts as failed: those who ask give up after five seconds. */
const ANSWER_MS = 4_000;
/** How long an answer holds, so that asking is no load. */
const KEPT_MS = 2_000;
/** More than a file system has in reserve in what it has allotted already. */
const PROOF_BYTES = 64 * 1024;

export type DatabaseState = 'open' | 'not migrated' | 'not reachable' | 'not answering' | 'not writable';
export type RunnerState = 'alive' | 'external' | 'not running' | 'unknown';
export type FilesState = 'writable' | 'none' | 'no room' | 'not writable' | 'not answering';
export interface Health {
  ok: boolean;
  database: DatabaseState;
  runner: RunnerState;
  files: FilesState;
}

/** Answers within five seconds what works: each part proves itself by a write. */
export function healthChecks(write: (folder: string) => Promise<void> = proveFile, answerMs = ANSWER_MS) {
  const database = inTime<Pick<Health, 'database' | 'runner'>>(checkDatabase, answerMs, {
    database: 'not answering',
    runner: 'unknown',
  });
  const files = inTime<FilesState>(() => checkFiles(write), answerMs, 'not answering');
  let kept: { at: number; health: Promise<Health> } | undefined;
  return (): Promise<Health> => {
    const now = performance.now();
    if (!kept || now - kept.at > KEPT_MS) {
      const health = Promise.all([database(), files()]).then(([parts, files]) => ({
        ok:
          parts.database === 'open' &&
          (parts.runner === 'alive' || parts.runner === 'external') &&
          (files === 'writable' || files === 'none'),
        ...parts,
        files,
      }));
      kept = { at: now, health };
      // From the answer on, not from the question.
      void health.then(() => {
        if (kept?.health === health) kept.at = performance.now();
      });
    }
    return kept.health;
  };
}

/** While a check hangs, no second one is begun: each would hold a connection or a thread as well. */
function inTime<T>(check: () => Promise<T>, ms: number, late: T): () => Promise<T> {
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
    // Reading the table shows that the database is open and migrated.
    const age = await heartbeatAge(db, systemClock);
    read = true;
    const at = systemClock.now().toISOString();
    await db.asSystem((tx) =>
      tx.execute(sql`insert into heartbeats (part, at) values ('health', ${at}::timestamptz)
        on conflict (part) do update set at = excluded.at`),
    );
    const alive = age !== null && age < BEAT_LIMIT_MS;
    return { database: 'open', runner: external ? 'external' : alive ? 'alive' : 'not running' };
  } catch (error) {
    log().warn({ err: error }, 'not healthy');
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
    // A serverless function has no folder, and its database is elsewhere.
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

/** Writes a file where files are kept and lets the disk have it, because only then is it known that there was room. */
async function proveFile(folder: string): Promise<void> {
  await mkdir(/* turbopackIgnore: true */ folder, { recursive: true });
  const file = path.join(/* turbopackIgnore: true */ folder, `.health-${process.pid}`);
  try {
    const handle = await open(/* turbopackIgnore: true */ file, 'w', 0o600);
    try {
      // Random, so that no file system makes little of it.
      await handle.writeFile(randomBytes(PROOF_BYTES));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } finally {
    await rm(/* turbopackIgnore: true */ file, { force: true });
  }
}
