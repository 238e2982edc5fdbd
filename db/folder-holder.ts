import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { z } from 'zod';

const holderSchema = z.object({
  /** Random for each time that a folder is taken. */
  instance: z.string(),
  /** Names one run of one kernel: containers of one machine share it. */
  boot: z.string(),
  machine: z.string(),
  pid: z.number().int(),
  /** The set of process ids that `pid` is one of: every container has its own. */
  pidSpace: z.string(),
  /** When the process began, as the kernel counts it; null where the kernel does not say. */
  began: z.string().nullable(),
  since: z.string(),
});
/** Who holds a folder. Written beside it, for those whom no lock of the kernel reaches and for people. */
export type Holder = z.output<typeof holderSchema>;

/** This process as the holder of a folder. */
export function ownHolder(since: Date): Holder {
  return {
    instance: randomUUID(),
    boot: bootId(),
    machine: os.hostname(),
    pid: process.pid,
    pidSpace: pidSpace(),
    began: seesOwnProcesses() ? processStart('self') : null,
    since: since.toISOString(),
  };
}

/** The holder that a record names; null when it is not one of ours. */
export function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Whether the kernel of this process knows that the holder's process is gone. False also means that it cannot say. */
export function isKnownGone(holder: Holder): boolean {
  if (holder.boot !== bootId() || holder.pidSpace !== pidSpace()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  // Alive, or another process that was given its number.
  return holder.began !== null && seesOwnProcesses() && processStart(holder.pid) !== holder.began;
}

/** Linux says it. Elsewhere the machine's name and the minute in which it was started. */
export function bootId(): string {
  return (
    read('/proc/sys/kernel/random/boot_id') ??
    `${os.hostname()}@${Math.round((Date.now() / 1000 - os.uptime()) / 60)}`
  );
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return os.hostname();
  }
}

/** Whether /proc shows the processes under the ids by which this process knows them; a container may show its host's. */
const seesOwnProcesses = (): boolean => read('/proc/self/stat')?.startsWith(`${process.pid} `) ?? false;

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); the name before it, in brackets, may hold anything. */
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
