import { appendFileSync } from 'node:fs';

/** Header of a request to the sandbox with the fault of the plan that it is to answer with. */
export const FAULT_HEADER = 'x-chaos-fault';

/** Instructions that a process receives from the harness at its start. */
export interface StartMessage {
  name: string;
  seed: number;
  /** File to which the process appends a line before anything that its death would hide. */
  journal: string;
  /** How far the time of the run is ahead of the machine's, in milliseconds. */
  travel: number;
  /** Error of this process's clock, in milliseconds. */
  skew: number;
  faults: boolean;
  /** Slowdown compared with an idle machine, as a factor (pace.ts). */
  slow: number;
  /** Points at which the process kills itself, with the number of the hit. The first one reached counts. */
  kills?: Record<string, number>;
}
/** Messages from the harness to a running process. */
export type HarnessMessage = { go?: StartMessage } & Partial<
  Pick<StartMessage, 'travel' | 'skew' | 'faults' | 'slow'>
> & {
    ask?: 'idle';
  };

/** Messages from a process to the harness. */
export interface WorkerMessage {
  ready?: true;
  up?: true;
  idle?: true;
}
const say = (what: WorkerMessage): void => void process.send?.(what);
export const ready = (): void => say({ ready: true });
/** Reports that the process is working. */
export const up = (): void => say({ up: true });
/** Reports that no request is in progress. */
export const reportIdle = (): void => say({ idle: true });

export const orders = (): StartMessage => JSON.parse(process.env.CHAOS_ORDERS ?? '{}') as StartMessage;

/** Appends a line to the journal of the run. Writes synchronously because the process may be killed right after. */
export const appendToJournal = (file: string, entry: Record<string, unknown>): void =>
  appendFileSync(
    file,
    `${JSON.stringify({ t: Math.round(performance.timeOrigin + performance.now()), ...entry })}\n`,
  );

/** Waits for the order to start. A process that has loaded its code stands by, so that it can replace a killed one immediately. */
export const go = (): Promise<StartMessage> =>
  new Promise((resolve) => {
    const heard = (told: unknown) => {
      const { go: given } = told as HarnessMessage;
      if (!given) return;
      process.off('message', heard);
      resolve(given);
    };
    process.on('message', heard);
    process.once('disconnect', () => process.exit(0));
    ready();
  });

/** Listens to the harness, and exits when the harness exits. */
export function follow(listen: (told: HarnessMessage) => void): void {
  process.on('message', (told) => listen(told as HarnessMessage));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}

/** Shifts the clock of this process: everything that reads the time gets the shifted time. */
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
