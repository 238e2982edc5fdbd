import { performance } from 'node:perf_hooks';
import type { Db } from '@/db/client';
import { LEASE_MS, RENEW_AFTER_MS } from '@/db/leases';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { type Job, lapsed, type Outcome, outcomeOf } from './outcome';
import { call, type Handler, sync } from './protocol';
import { type Registry, register } from './registry';
import type { Store } from './store/base';
import { type ClaimedJob, claim, nextDue, release, releaseAll, renew } from './store/claim';
import { cleanUp } from './store/clean-up';
import { fanOut, fireCrons, lastCronSlot } from './store/fan-out';
import { settle } from './store/settle';

export interface RunnerOptions {
  db: Db;
  /** The app's own `serve()` handler. */
  handler: Handler;
  signingKey: string;
  clock: Clock;
  /** Number of calls that run at once in this process. */
  concurrency?: number;
  leaseMs?: number;
  random?: () => number;
  onError?: (error: unknown, doing: string) => void;
  /** For tests: called before each write. An error that it throws ends this runner as a kill would. */
  fault?: (point: string) => void;
}

const MINUTE = 60_000;
const SETTLE_AT_ONCE = 64;

/**
 * Runs the app's Inngest functions in this process, from a queue in the app's database. A turn fans out new events, fires crons and claims
 * due jobs; finished calls are stored in groups. `start` keeps it running with timers; `drain` does everything that is due at the clock's
 * time and returns.
 */
export class EmbeddedRunner {
  readonly #o: Required<Omit<RunnerOptions, 'fault'>>;
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #inFlight = new Map<Job, Promise<void>>();
  #waiting: ClaimedJob[] = [];
  #finished: Outcome[] = [];
  #settling: Promise<void> | undefined;
  #pumping: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #intervals: NodeJS.Timeout[] = [];
  #state: 'idle' | 'running' | 'stopping' | 'dead' = 'idle';
  #error: unknown;
  // Whether there may be new events or due jobs since the last check. Saves queries when nothing can have changed.
  #mayHaveEvents = true;
  #mayBeDue = true;
  #again = false;
  #nextDueAt: number | null = null;
  #cronsUntil: Date;
  #lastTurn = performance.now();
  /** When the leases were last renewed, in milliseconds of the clock. */
  #renewedAt = 0;

  private constructor(options: RunnerOptions, registry: Registry, cronsUntil: Date) {
    this.#o = { concurrency: 128, leaseMs: LEASE_MS, random: Math.random, onError: () => {}, ...options };
    this.#store = options.fault ? { db: options.db, fault: options.fault } : { db: options.db };
    this.#registry = registry;
    this.#cronsUntil = cronsUntil;
  }

  /**
   * Requests the functions from the app and creates a runner. Throws `UnsupportedError` for a function that uses an unsupported feature.
   */
  static async create(options: RunnerOptions): Promise<EmbeddedRunner> {
    const registry = register(await sync(options.handler, options.signingKey));
    const store: Store = options.fault ? { db: options.db, fault: options.fault } : { db: options.db };
    // No other process can have the embedded database open, so every lease belongs to a process that has ended.
    if (options.db.kind === 'pglite') await releaseAll(store);
    const last = await lastCronSlot(store, options.clock.now());
    return new EmbeddedRunner(options, registry, last ?? new Date(options.clock.now().getTime() - MINUTE));
  }

  get running(): boolean {
    return this.#state === 'running';
  }

  /** Whether turns still complete. */
  get alive(): boolean {
    return this.#state === 'running' && performance.now() - this.#lastTurn < 10_000;
  }

  start(): void {
    this.#state = 'running';
    const every = (ms: number, work: () => void) => this.#intervals.push(setInterval(work, ms));
    // Another process may have sent an event or lost a lease. Within this process, a new event wakes the runner directly.
    every(this.#o.db.kind === 'pglite' ? 5000 : 1000, () => this.wake());
    every(
      Math.min(RENEW_AFTER_MS, this.#o.leaseMs / 3),
      () => void this.#renew().catch((e) => this.#o.onError(e, 'renew leases')),
    );
    every(10 * MINUTE, () => void this.#cleanUp());
    this.wake();
  }

  /** Checks immediately for new events and due jobs. */
  wake(): void {
    this.#mayHaveEvents = true;
    this.#mayBeDue = true;
    this.#pump();
  }

  /** Does everything that is due at the clock's time, and all that follows from it, then returns. Rethrows the error of a fault. */
  async drain(): Promise<void> {
    for (;;) {
      this.#mayHaveEvents = true;
      this.#mayBeDue = true;
      const did = await this.#turn().catch((error: unknown) => {
        this.#die(error);
        return 0;
      });
      await this.#quiet();
      if (this.#state === 'dead') throw this.#error;
      if (did === 0) return;
    }
  }

  /** Stops taking jobs, releases those not yet started, and waits up to `graceMs` for calls in flight. */
  async stop(graceMs = 8000): Promise<void> {
    if (this.#state === 'dead') return;
    this.#state = 'stopping';
    for (const interval of this.#intervals) clearInterval(interval);
    clearTimeout(this.#timer);
    await this.#pumping;
    const back = this.#waiting.splice(0);
    if (back.length > 0) await release(this.#store, back);
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((done) => {
      timer = setTimeout(done, graceMs);
    });
    await Promise.race([this.#quiet(), grace]);
    clearTimeout(timer);
    await this.#settling;
  }

  async cleanUp(): Promise<void> {
    await cleanUp(this.#store, this.#o.clock.now());
  }
  async #cleanUp(): Promise<void> {
    await this.cleanUp().catch((e) => this.#o.onError(e, 'clean up'));
  }

  #pump(): void {
    this.#again = true;
    if (this.#state !== 'running' || this.#pumping) return;
    this.#pumping = (async () => {
      while (this.#again && this.#state === 'running') {
        this.#again = false;
        try {
          await this.#turn();
        } catch (error) {
          this.#o.onError(error, 'look for work');
          this.#nextDueAt = this.#o.clock.now().getTime() + 1000;
          break;
        }
        this.#lastTurn = performance.now();
      }
    })().finally(() => {
      this.#pumping = undefined;
      if (this.#state === 'running') this.#again ? this.#pump() : this.#schedule();
    });
  }

  /** Wakes exactly when the next job is due or the next minute begins. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const now = this.#o.clock.now().getTime();
    const nextMinute = (Math.floor(now / MINUTE) + 1) * MINUTE;
    const at = Math.min(this.#nextDueAt ?? nextMinute, nextMinute);
    this.#timer = setTimeout(
      () => {
        this.#mayBeDue = true;
        this.#pump();
      },
      Math.max(1, at - now),
    );
  }

  /** Runs one turn: events, crons and due jobs. Returns the number of events and jobs found. */
  async #turn(): Promise<number> {
    const { clock, concurrency, leaseMs, onError } = this.#o;
    let found = 0;
    // A process that was delayed, or whose clock was set, renews its leases before it claims jobs, because it would otherwise claim its own
    // again.
    if (Math.abs(clock.now().getTime() - this.#renewedAt) > leaseMs / 2)
      await this.#renew().catch((error) => onError(error, 'renew leases'));
    if (this.#mayHaveEvents) {
      this.#mayHaveEvents = false;
      const events = await fanOut(this.#store, this.#registry, clock.now());
      found += events;
      if (events > 0) {
        this.#mayHaveEvents = true;
        this.#mayBeDue = true;
        this.#again = true;
      }
    }
    const now = clock.now();
    if (this.#cronsUntil > latestStored(now)) this.#cronsUntil = new Date(now.getTime() - MINUTE);
    if (Math.floor(now.getTime() / MINUTE) > Math.floor(this.#cronsUntil.getTime() / MINUTE)) {
      await fireCrons(this.#store, this.#registry, this.#cronsUntil, now);
      this.#cronsUntil = now;
      this.#mayBeDue = true;
    }
    // Holds up to twice as many jobs as run at once, so that a free slot never waits for the database.
    const room = 2 * concurrency - this.#inFlight.size - this.#waiting.length;
    if (this.#mayBeDue && room >= concurrency / 2 && this.#state !== 'dead') {
      this.#mayBeDue = false;
      const at = clock.now();
      const { functions: _, byEvent: __, ids, keyed } = this.#registry;
      const jobs = await claim(this.#store, { now: at, limit: room, leaseMs, functionIds: ids, keyed });
      found += jobs.length;
      this.#waiting.push(...jobs);
      if (jobs.length === room) this.#mayBeDue = true;
      else
        this.#nextDueAt = await nextDue(this.#store, ids, at).then((t) => (t === null ? null : Math.ceil(t)));
    }
    this.#launch();
    return found;
  }

  #launch(): void {
    while (this.#waiting.length > 0 && this.#inFlight.size < this.#o.concurrency && this.#state !== 'dead') {
      const job = this.#waiting.shift();
      if (!job) return;
      if (job.kind === 'sleep' || job.kind === 'wait') this.#finish(lapsed(job));
      else
        this.#inFlight.set(
          job,
          this.#run(job).finally(() => {
            this.#inFlight.delete(job);
            this.#launch();
            if (this.#mayBeDue) this.#pump();
          }),
        );
    }
  }

  async #run(job: ClaimedJob): Promise<void> {
    const fn = this.#registry.functions.get(job.functionId);
    if (!fn) return;
    const { handler, signingKey, clock, random } = this.#o;
    const answer = await call(handler, signingKey, {
      functionId: fn.id,
      stepId: job.kind === 'step' ? job.stepId : null,
      runId: job.runId,
      event: JSON.parse(job.event),
      steps: Object.fromEntries(
        job.memos.map((m) => [m.stepId, { type: m.kind, [m.kind]: JSON.parse(m.value) }]),
      ),
      stack: job.memos.map((m) => m.stepId),
      attempt: job.attempt,
      maxAttempts: fn.maxAttempts,
      planned: job.planned,
    });
    this.#finish(outcomeOf(answer, { job, fn, now: clock.now(), random }));
  }

  #finish(outcome: Outcome): void {
    if (this.#state === 'dead') return;
    this.#finished.push(outcome);
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined;
    });
  }

  /** Stores finished calls in groups. Calls that finish while one group is being stored form the next. */
  async #settle(): Promise<void> {
    // Let calls that end at the same moment share a group.
    await new Promise(setImmediate);
    let tries = 0;
    while (this.#finished.length > 0 && this.#state !== 'dead') {
      const group = this.#finished.splice(0, SETTLE_AT_ONCE);
      try {
        await settle(this.#store, group, this.#o.clock.now());
        tries = 0;
      } catch (error) {
        if (this.#store.fault) return this.#die(error);
        this.#o.onError(error, 'store results');
        // Gives up after five attempts. The leases then end, and the jobs run again.
        if (++tries < 5) this.#finished.unshift(...group);
        await new Promise((done) => setTimeout(done, 200 * tries));
        continue;
      }
      this.#after(group);
    }
  }

  #after(group: readonly Outcome[]): void {
    const now = this.#o.clock.now().getTime();
    for (const outcome of group) {
      if (outcome.resumeWhenIdle || outcome.failure || this.#registry.keyed) this.#mayBeDue = true;
      for (const job of outcome.jobs) {
        const at = job.dueAt.getTime();
        if (at <= now) this.#mayBeDue = true;
        else if (this.#nextDueAt === null || at < this.#nextDueAt) this.#nextDueAt = at;
      }
    }
    this.#launch();
    if (this.#mayBeDue) this.#pump();
    else if (this.#state === 'running' && !this.#pumping) this.#schedule();
  }

  async #quiet(): Promise<void> {
    while (this.#inFlight.size > 0 || this.#settling) {
      await Promise.allSettled([...this.#inFlight.values(), this.#settling]);
      if (this.#state !== 'stopping') this.#launch();
    }
  }

  async #renew(): Promise<void> {
    const jobs = [...this.#inFlight.keys(), ...this.#waiting, ...this.#finished.map((o) => o.job)];
    if (jobs.length === 0) return;
    const now = this.#o.clock.now();
    const kept = await renew(this.#store, jobs, now, this.#o.leaseMs);
    this.#renewedAt = now.getTime();
    this.#waiting = this.#waiting.filter((job) => kept.has(job.id));
  }

  #die(error: unknown): void {
    this.#state = 'dead';
    this.#error = error;
    this.#waiting = [];
    this.#finished = [];
  }
}
