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

/** How often a holder renews its record, in milliseconds. */
export const BEAT_MS = 2000;
/** A record that stands still for so many beats is stale: where the kernel's lock was free too, and where only the record speaks. */
const MISSED_BEATS = { kernelAgrees: 2, recordOnly: 5 };
/** Longer than any process takes between seeing a stale record and writing its own. */
const SETTLE_MS = 200;
const LOOK_EVERY_MS = 250;

/** `tryLock` of fs-native-extensions. */
export type TryLock = (fd: number) => boolean;

export interface LockOptions {
  /** How long to wait for a live holder to let go, in milliseconds. */
  waitMs?: number;
  /** Hears what is waited for, once. */
  onWait?: (words: string) => void;
  /** Called when another process has taken the folder: this one was thought dead (suspended, cut off from a shared volume) and must end now. */
  onLost?: () => void;
  /** The kernel's lock; null where it cannot be had. Default: that of this system. */
  kernel?: TryLock | null;
  /** For tests. */
  time?: LockTime;
}
export interface LockTime {
  /** Milliseconds that only go forward. */
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

/** The folder is held by a live process. */
export class FolderInUse extends Error {
  override name = 'FolderInUse';
}

/**
 * Takes a folder for this process. The embedded database does not guard its own: two processes would lose rows in silence.
 * Answers how to let go. Throws FolderInUse when a live process still holds it after `waitMs`.
 *
 * Two things are held. `<folder>.lock` is locked by the kernel, which lets go when the process ends, however it ends: an open file
 * description lock on Linux, flock on macOS, LockFileEx on Windows. Process ids play no part in it, so containers exclude each
 * other. `<folder>.lock.json` says who holds the folder and is written again at each beat: for volumes that several machines share and
 * whose file system keeps locks to itself, and for systems that the lock's library is not built for (musl). A record that stands still is
 * taken over; how long it has stood still is measured by the one who looks, so clocks need not agree.
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<() => void> {
  const { waitMs = 0, onWait, onLost = () => {}, time = systemTime } = options;
  const kernel = options.kernel === undefined ? await systemLock() : options.kernel;
  const own = ownHolder(new Date());
  const began = time.now();
  let seen: { text: string; at: number } | undefined;
  let announced = false;
  /** While somebody is known to live. Throws when the time is over. */
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
    const letGo = () => {
      if (handle !== undefined) closeSync(handle);
    };
    try {
      // With the kernel's lock in hand, which keeps others of this machine away meanwhile.
      for (;;) {
        const text = readRecord(folder);
        if (text === undefined) {
          const record = createRecord(folder, own);
          if (record !== undefined) return hold(folder, own, record, letGo, onLost, time);
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
        if ((holder && isKnownGone(holder)) || now - seen.at >= (missed + 0.5) * BEAT_MS) {
          const record = await takeOver(folder, own, time);
          if (record !== undefined) return hold(folder, own, record, letGo, onLost, time);
          seen = undefined;
          continue;
        }
        if (!announced)
          onWait?.(
            `${folder} was left by ${nameOf(holder)} without a word. Waiting up to ${seconds((missed + 0.5) * BEAT_MS)} to see that it is gone`,
          );
        announced = true;
        await time.sleep(LOOK_EVERY_MS);
      }
    } catch (error) {
      letGo();
      throw error;
    }
    letGo();
    await waitForLive(parseHolder(seen?.text ?? ''));
  }
}

/** The kernel's lock as this system has it; null where its library is not built for it. */
async function systemLock(): Promise<TryLock | null> {
  try {
    const { tryLock } = await import('fs-native-extensions');
    return (fd) => tryLock(fd);
  } catch {
    return null;
  }
}

/** The handle that holds the lock; null when another holds it; undefined when the file system knows no locks. */
function takeKernelLock(file: string, tryLock: TryLock): number | null | undefined {
  const handle = openSync(/* turbopackIgnore: true */ file, 'a+', 0o600);
  let locked: boolean;
  try {
    locked = tryLock(handle);
  } catch (error) {
    closeSync(handle);
    const { code } = error as NodeJS.ErrnoException;
    // What fcntl and LockFileEx answer where a file system has no locks.
    if (['ENOLCK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(code ?? '')) return undefined;
    throw error;
  }
  // A file that was removed meanwhile is locked for nobody.
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

/** Writes the record where there is none. Answers its open handle; undefined when another was faster. */
function createRecord(folder: string, own: Holder): number | undefined {
  let handle: number;
  try {
    handle = openSync(/* turbopackIgnore: true */ recordOf(folder), 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  writeBeat(handle, own, 0);
  return handle;
}

/** Puts the record in the place of a stale one. Undefined when another did the same and was later: it holds the folder. */
async function takeOver(folder: string, own: Holder, time: LockTime): Promise<number | undefined> {
  const temporary = `${recordOf(folder)}.${own.instance}`;
  const handle = openSync(/* turbopackIgnore: true */ temporary, 'w', 0o600);
  try {
    writeBeat(handle, own, 0);
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

/** In place and always as long as before: a full disk does not stop it, and a record that another put there is not touched. */
function writeBeat(handle: number, own: Holder, beat: number): void {
  const text = JSON.stringify({ ...own, beat: String(beat).padStart(12, '0') });
  writeSync(handle, text, 0, 'utf8');
}

function hold(
  folder: string,
  own: Holder,
  record: number,
  letGo: () => void,
  onLost: () => void,
  time: LockTime,
): () => void {
  let beat = 0;
  let handle = record;
  let over = false;
  const stop = time.every(BEAT_MS, () => {
    try {
      const text = readRecord(folder);
      if (text === undefined) {
        // Somebody removed it. The kernel's lock is held all the same.
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
      writeBeat(handle, own, ++beat);
    } catch {
      // A file system that fails for a moment. When it goes on, another may take the folder, which the next beat sees.
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
      // It stays and is stale: nobody renews it.
    }
    closeSync(handle);
    letGo();
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
