import { appendFileSync } from 'node:fs';

/** What the harness tells a process when it starts it. */
export interface Orders {
  name: string;
  seed: number;
  /** File that the process appends a line to before it does something that its death would hide. */
  journal: string;
  /** How far the run's time is ahead of the machine's, in milliseconds. */
  travel: number;
  /** How wrong this process's clock is, in milliseconds. */
  skew: number;
  faults: boolean;
  /** How many times longer than on an idle machine things take (pace.ts). */
  slow: number;
  /** The points at which the process kills itself, each at the hit with this number; the first that it comes to counts. */
  kills?: Record<string, number>;
}
/** What the harness tells it while it runs. */
export type Told = { go?: Orders } & Partial<Pick<Orders, 'travel' | 'skew' | 'faults' | 'slow'>> & {
    ask?: 'idle';
  };

/** What a process tells the harness. */
export interface Says {
  ready?: true;
  up?: true;
  idle?: true;
}
const say = (what: Says): void => void process.send?.(what);
export const ready = (): void => say({ ready: true });
/** The process does what it is there for. */
export const up = (): void => say({ up: true });
/** Nothing is being answered. */
export const atRest = (): void => say({ idle: true });

export const orders = (): Orders => JSON.parse(process.env.CHAOS_ORDERS ?? '{}') as Orders;

/** One line of the run's history. Written at once: the next moment may be the last. */
export const note = (file: string, entry: Record<string, unknown>): void =>
  appendFileSync(
    file,
    `${JSON.stringify({ t: Math.round(performance.timeOrigin + performance.now()), ...entry })}\n`,
  );

/** Waits for the order to begin: a process that has loaded its code stands by, so that a killed one is replaced at once. */
export const go = (): Promise<Orders> =>
  new Promise((resolve) => {
    const heard = (told: unknown) => {
      const { go: given } = told as Told;
      if (!given) return;
      process.off('message', heard);
      resolve(given);
    };
    process.on('message', heard);
    process.once('disconnect', () => process.exit(0));
    ready();
  });

/** Follows the harness, and ends when it ends. */
export function follow(listen: (told: Told) => void): void {
  process.on('message', (told) => listen(told as Told));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}

/** Moves the machine's clock for this process: everything that asks what time it is gets the moved time. */
export function moveClock(by: () => number): void {
  const Real = Date;
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, self) =>
      args.length === 0
        ? Reflect.construct(target, [target.now() + by()], self)
        : Reflect.construct(target, args, self),
    apply: (target) => new target(target.now() + by()).toString(),
    get: (target, key) => (key === 'now' ? () => target.now() + by() : Reflect.get(target, key)),
  });
}
