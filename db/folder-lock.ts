import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootId, type Holder, isKnownGone, ownHolder, parseHolder } from './folder-holder';

/** Interval at which a holder renews its record, in milliseconds. */
export const HEARTBEAT_MS = 2000;
/** Heartbeats that a record may miss before it is stale: if the kernel's lock was free as well, and if the record is the only evidence. */
const MISSED_BEATS = { kernelAgrees: 2, recordOnly: 5 };
/** Longer than any process needs between seeing a stale record and writing its own, in milliseconds. */
const SETTLE_MS = 200;
const LOOK_EVERY_MS = 250;

/** The `tryLock` function of fs-native-extensions. */
export type TryLock = (fd: number) => boolean;

export interface LockOptions {
  /** How long to wait for a live holder to release the folder, in milliseconds. */
  waitMs?: number;
  /** Called once, with a description of what the process waits for. */
  onWait?: (words: string) => void;
  /**
   * Called when another process has taken over the folder because this one was presumed dead (suspended, cut off from a shared volume).
   * This process must exit immediately.
   */
  onLost?: () => void;
  /** The kernel's lock; null if it is unavailable. Defaults to that of this system. */
  kernel?: TryLock | null;
  /** For tests. */
  time?: LockTime;
}
export interface LockTime {
  /** Monotonic time in milliseconds. */
  now(): number;
  sleep(ms: number): Promise<unknown>;
  every(ms: number, work: () => void): () => void;
}
const systemTime: LockTime = {
  now: () => performance.now(),
  sleep,
  every(ms, work) {
    const timer = setInterval(work, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Thrown when a live process holds the folder. */
export class FolderInUse extends Error {
  override name = 'FolderInUse';
}

/**
 * Acquires a folder for this process, because the embedded database does not guard its own: two processes would silently lose rows. Returns
 * the function that releases it. Throws FolderInUse if a live process still holds it after `waitMs`.
 *
 * There are two locks. `<folder>.lock` is locked by the kernel, which releases it however the process ends: an open file description lock
 * on Linux, flock on macOS, LockFileEx on Windows. It does not depend on process ids, so containers exclude each other.
 * `<folder>.lock.json` names the holder and is rewritten at each heartbeat. It covers volumes that several machines share and whose file
 * system keeps locks local, and systems that the lock's library is not built for (musl). A stale record is taken over. The observer
 * measures how long a record has been unchanged, so clocks need not agree.
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<() => void> {
  const { waitMs = 0, onWait, onLost = () => {}, time = systemTime } = options;
  const kernel = options.kernel === undefined ? await systemLock() : options.kernel;
  const own = ownHolder(new Date());
  const began = time.now();
  let seen: { text: string; at: number } | undefined;
  let announced = false;
  /** Waits while the holder is known to be alive. Throws when the time is up. */
  const waitForLive = async (holder: Holder | null) => {
    if (time.now() - began >= waitMs) throw new FolderInUse(refusal(folder, holder, waitMs));
    if (!announced) onWait?.(`Waiting up to ${seconds(waitMs)} for ${nameOf(holder)} to let go of ${folder}`);
    announced = true;
    await time.sleep(LOOK_EVERY_MS);
  };

  for (;;) {
    const handle = kernel ? takeKernelLock(`${folder}.lock`, kernel) : undefined;
    if (handle === null) {
      await waitForLive(parseHolder(readRecord(folder) ?? ''));
      continue;
    }
    const releaseLock = () => {
      if (handle !== undefined) closeSync(handle);
    };
    try {
      // The kernel's lock, once acquired, keeps out other processes on this machine during this loop.
      for (;;) {
        const text = readRecord(folder);
        if (text === undefined) {
          const record = createRecord(folder, own);
          if (record !== undefined) return hold(folder, own, record, releaseLock, onLost, time);
          continue;
        }
        const holder = parseHolder(text);
        const now = time.now();
        const standsStill = seen?.text === text;
        if (!seen || !standsStill) {
          const alive = seen !== undefined;
          seen = { text, at: now };
          if (alive) break;
        }
        const agrees = handle !== undefined && holder?.boot === bootId();
        const missed = agrees ? MISSED_BEATS.kernelAgrees : MISSED_BEATS.recordOnly;
        if ((holder && isKnownGone(holder)) || now - seen.at >= (missed + 0.5) * HEARTBEAT_MS) {
          const record = await takeOver(folder, own, time);
          if (record !== undefined) return hold(folder, own, record, releaseLock, onLost, time);
          seen = undefined;
          continue;
        }
        if (!announced)
          onWait?.(
            `${folder} was left by ${nameOf(holder)} without a word. Waiting up to ${seconds((missed + 0.5) * HEARTBEAT_MS)} to see that it is gone`,
          );
        announced = true;
        await time.sleep(LOOK_EVERY_MS);
      }
    } catch (error) {
      releaseLock();
      throw error;
    }
    releaseLock();
    await waitForLive(parseHolder(seen?.text ?? ''));
  }
}

/** Returns this system's kernel lock; null if the library is not built for it. */
async function systemLock(): Promise<TryLock | null> {
  try {
    const { tryLock } = await import('fs-native-extensions');
    return (fd) => tryLock(fd);
  } catch {
    return null;
  }
}

/** Returns the handle that holds the lock; null if another process holds it; undefined if the file system does not support locks. */
function takeKernelLock(file: string, tryLock: TryLock): number | null | undefined {
  const handle = openSync(/* turbopackIgnore: true */ file, 'a+', 0o600);
  let locked: boolean;
  try {
    locked = tryLock(handle);
  } catch (error) {
    closeSync(handle);
    const { code } = error as NodeJS.ErrnoException;
    // Error codes of fcntl and LockFileEx on a file system without locks.
    if (['ENOLCK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(code ?? '')) return undefined;
    throw error;
  }
  // A lock on a file that was removed meanwhile excludes no other process.
  if (locked && isAt(handle, file)) return handle;
  closeSync(handle);
  return null;
}

function isAt(handle: number, file: string): boolean {
  try {
    return statSync(/* turbopackIgnore: true */ file).ino === fstatSync(handle).ino;
  } catch {
    return false;
  }
}

const recordOf = (folder: string): string => `${folder}.lock.json`;

function readRecord(folder: string): string | undefined {
  try {
    return readFileSync(/* turbopackIgnore: true */ recordOf(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates the record and returns its open handle; undefined if another process created it first. */
function createRecord(folder: string, own: Holder): number | undefined {
  let handle: number;
  try {
    handle = openSync(/* turbopackIgnore: true */ recordOf(folder), 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  writeHeartbeat(handle, own, 0);
  return handle;
}

/**
 * Replaces a stale record and returns the handle of the new one. Undefined if another process replaced it later and therefore holds the
 * folder.
 */
async function takeOver(folder: string, own: Holder, time: LockTime): Promise<number | undefined> {
  const temporary = `${recordOf(folder)}.${own.instance}`;
  const handle = openSync(/* turbopackIgnore: true */ temporary, 'w', 0o600);
  try {
    writeHeartbeat(handle, own, 0);
    renameSync(/* turbopackIgnore: true */ temporary, recordOf(folder));
    await time.sleep(SETTLE_MS);
    if (parseHolder(readRecord(folder) ?? '')?.instance === own.instance) return handle;
    closeSync(handle);
    return undefined;
  } catch (error) {
    closeSync(handle);
    rmSync(/* turbopackIgnore: true */ temporary, { force: true });
    throw error;
  }
}

/**
 * Writes in place, always the same length, so that a full disk does not prevent it and a record written by another process is not touched.
 */
function writeHeartbeat(handle: number, own: Holder, beat: number): void {
  const text = JSON.stringify({ ...own, beat: String(beat).padStart(12, '0') });
  writeSync(handle, text, 0, 'utf8');
}

function hold(
  folder: string,
  own: Holder,
  record: number,
  releaseLock: () => void,
  onLost: () => void,
  time: LockTime,
): () => void {
  let beat = 0;
  let handle = record;
  let over = false;
  const stop = time.every(HEARTBEAT_MS, () => {
    try {
      const text = readRecord(folder);
      if (text === undefined) {
        // The record was removed. The kernel's lock is still held.
        const again = createRecord(folder, own);
        if (again === undefined) return;
        closeSync(handle);
        handle = again;
      } else {
        const holder = parseHolder(text);
        if (holder && holder.instance !== own.instance) {
          release();
          onLost();
          return;
        }
      }
      writeHeartbeat(handle, own, ++beat);
    } catch {
      // A temporary failure of the file system. If another process takes over the folder meanwhile, the next heartbeat detects it.
    }
  });
  function release(): void {
    if (over) return;
    over = true;
    stop();
    process.removeListener('exit', release);
    try {
      if (parseHolder(readRecord(folder) ?? '')?.instance === own.instance)
        rmSync(/* turbopackIgnore: true */ recordOf(folder), { force: true });
    } catch {
      // The record stays behind and becomes stale, because it is no longer renewed.
    }
    closeSync(handle);
    releaseLock();
  }
  process.once('exit', release);
  return release;
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const nameOf = (holder: Holder | null): string =>
  holder ? `process ${holder.pid} on ${holder.machine}` : 'another process';

const refusal = (folder: string, holder: Holder | null, waitedMs: number): string =>
  `The database folder ${folder} is in use by ${nameOf(holder)}${holder ? ` since ${holder.since}` : ''}. ` +
  "Two processes on one folder would lose each other's rows, so this one does not start. " +
  (waitedMs > 0 ? `It has waited ${seconds(waitedMs)}. ` : '') +
  'Stop the other one first (in a deployment: let the old one end before the new one starts, or raise DATABASE_FOLDER_WAIT), ' +
  'or use a PostgreSQL (DATABASE_URL) for several processes.';
