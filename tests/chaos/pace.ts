import { readFileSync } from 'node:fs';

const EVERY_MS = 250;
/** Maximum slowdown that is compensated for. */
const MAX = 30;

/**
 * Time as the processes of a run experience it. On a shared machine, a second of wall time may be a tenth of a second for them, so limits
 * and jumps based on wall time would abort work that is going well. `ms()` advances only as fast as the processes get CPU time, and
 * `slow()` is the current slowdown compared with an idle machine.
 */
export interface Pace {
  ms(): number;
  slow(): number;
  pass(ms: number): Promise<void>;
  stop(): void;
}

/** Tracks how long the processes with these ids run and how long they wait for a CPU (Linux only; elsewhere it is wall time). */
export function followPace(pids: () => readonly number[], changed: (slow: number) => void): Pace {
  const before = new Map<number, readonly [ran: number, waited: number]>();
  let passed = 0;
  /** Slowdown at the last check; determines how fast the time of the run advances. */
  let current = 1;
  /** Worst slowdown of the last few seconds; limits are scaled by it. */
  let slow = 1;
  let last = performance.now();
  const look = () => {
    let [ran, waited] = [0, 0];
    for (const pid of pids()) {
      const now = schedTimesOf(pid);
      if (!now) continue;
      const [hadRun, hadWaited] = before.get(pid) ?? now;
      before.set(pid, now);
      ran += now[0] - hadRun;
      waited += now[1] - hadWaited;
    }
    const at = performance.now();
    // A process that hardly ran tells nothing about the slowdown.
    const seen = ran + waited > (at - last) / 20 ? Math.min(MAX, (ran + waited) / Math.max(ran, 1)) : 1;
    // Rises immediately and falls slowly, because a wait that starts now uses this value for a while.
    slow = Math.max(seen, slow * 0.85, 1);
    current = seen;
    passed += (at - last) / seen;
    last = at;
    changed(slow);
  };
  const timer = setInterval(look, EVERY_MS);
  const ms = () => passed + (performance.now() - last) / current;
  return {
    ms,
    slow: () => slow,
    stop: () => clearInterval(timer),
    async pass(wanted) {
      const end = ms() + wanted;
      for (let left = wanted; left > 0; left = end - ms())
        await new Promise<void>((done) => setTimeout(done, Math.min(EVERY_MS, left * current)));
    },
  };
}

/** Returns how long a process ran and how long it waited to run, in milliseconds. */
function schedTimesOf(pid: number): readonly [number, number] | null {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return [Number(ran) / 1e6, Number(waited) / 1e6];
  } catch {
    return null;
  }
}
