import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { z } from 'zod';

const holderSchema = z.object({
  /** Random; new each time a folder is acquired. */
  instance: z.string(),
  /** Identifies one boot of one kernel; containers on one machine share it. */
  boot: z.string(),
  machine: z.string(),
  pid: z.number().int(),
  /** PID namespace of `pid`; every container has its own. */
  pidSpace: z.string(),
  /** Start time of the process as counted by the kernel; null where the kernel does not report it. */
  began: z.string().nullable(),
  since: z.string(),
});
/**
 * The process that holds a folder. Stored next to the folder, for processes that the kernel's lock does not reach and for administrators.
 */
export type Holder = z.output<typeof holderSchema>;

/** Returns this process as a folder's holder. */
export function ownHolder(since: Date): Holder {
  return {
    instance: randomUUID(),
    boot: bootId(),
    machine: os.hostname(),
    pid: process.pid,
    pidSpace: pidNamespace(),
    began: seesOwnProcesses() ? processStart('self') : null,
    since: since.toISOString(),
  };
}

/** Parses a record; null if it is not one of ours. */
export function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Whether this process's kernel knows that the holder is gone. False if it cannot tell. */
export function isKnownGone(holder: Holder): boolean {
  if (holder.boot !== bootId() || holder.pidSpace !== pidNamespace()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  // The process is alive, or its PID was reused by another process.
  return holder.began !== null && seesOwnProcesses() && processStart(holder.pid) !== holder.began;
}

/** Identifies the current boot: by the boot id on Linux, elsewhere by the host name and the minute of the boot. */
export function bootId(): string {
  return (
    read('/proc/sys/kernel/random/boot_id') ??
    `${os.hostname()}@${Math.round((Date.now() / 1000 - os.uptime()) / 60)}`
  );
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return os.hostname();
  }
}

/** Whether /proc uses the same PIDs as this process; a container may see those of its host. */
const seesOwnProcesses = (): boolean => read('/proc/self/stat')?.startsWith(`${process.pid} `) ?? false;

/**
 * Returns field 22 of /proc/<pid>/stat (proc_pid_stat(5)). The process name that precedes it, in parentheses, may contain any character.
 */
function processStart(pid: number | 'self'): string | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
