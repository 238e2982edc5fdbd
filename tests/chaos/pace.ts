import { readFileSync } from 'node:fs';

const EVERY_MS = 250;
/** Machines that are slower than this are not waited for in proportion. */
const MAX = 30;

/**
 * Time as the processes of a run have it. On a machine that others use too, a second on the wall may be a tenth of a second for
 * them: limits and jumps that went by the wall would then break off what is going well. `ms()` goes on only as fast as they get
 * the processor, and `slow()` says how many times longer than on an idle machine things may take now.
 */
export interface Pace {
  ms(): number;
  slow(): number;
  pass(ms: number): Promise<void>;
  stop(): void;
}

/** Follows how long the processes with these ids run, and how long they wait for a processor (Linux; elsewhere the wall's time). */
export function followPace(pids: () => readonly number[], changed: (slow: number) => void): Pace {
  const before = new Map<number, readonly [ran: number, waited: number]>();
  let passed = 0;
  /** As it was a moment ago: the run's time goes on by this. */
  let current = 1;
  /** The worst of the last seconds: limits go by this. */
  let slow = 1;
  let last = performance.now();
  const look = () => {
    let [ran, waited] = [0, 0];
    for (const pid of pids()) {
      const now = timesOf(pid);
      if (!now) continue;
      const [hadRun, hadWaited] = before.get(pid) ?? now;
      before.set(pid, now);
      ran += now[0] - hadRun;
      waited += now[1] - hadWaited;
    }
    const at = performance.now();
    // What ran too little tells nothing.
    const seen = ran + waited > (at - last) / 20 ? Math.min(MAX, (ran + waited) / Math.max(ran, 1)) : 1;
    // Up at once, down slowly: who begins to wait now goes by it for a while.
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

/** How long a process ran and how long it waited to run, in milliseconds. */
function timesOf(pid: number): readonly [number, number] | null {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return [Number(ran) / 1e6, Number(waited) / 1e6];
  } catch {
    return null;
  }
}
