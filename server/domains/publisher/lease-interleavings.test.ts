import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { leasesOf } from '@/db/leases';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { newId } from '@/server/foundation/ids';
import type { PlatformCall } from '@/server/verbs/platforms';
import { plain } from '@/tests/support/plain';
import { eachTestPublishes, Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { lookUpPublication } from './look-up-publication';
import { publishDue } from './publish-due';
import { type LookUp, recoverStuck } from './recover-stuck';
import { FakePlatform, gated } from './testing';

let db: Db;
eachTestPublishes((publisher) => {
  db = publisher.db;
});

/** How long a client waits for a response, and for how long a request may be on its way: less than the grace period. */
const GIVEN_UP_MS = 20_000;
const ON_THE_WAY_MS = [0, 5_000, 25_000, 40_000] as const;

class Killed extends Error {}

/**
 * A process of the app. It can be stopped and resumed, cut off from the database and killed, at every use of the database and before and
 * after each request. What it does in between is one turn.
 */
class Process {
  stopped = false;
  cut = false;
  dead = false;
  /** Its tasks, and those of them that wait for the test to let them continue. */
  tasks = 0;
  parked: { at: 'stop' | 'network'; go(): void; die(): void }[] = [];
  /** Number of database calls without a response yet. */
  #asking = 0;
  readonly db: Db;

  constructor(db: Db) {
    this.db = gated(
      {
        ...db,
        raw: new Proxy(db.raw, {
          get: (target, key) =>
            key === 'execute'
              ? (query: Parameters<Db['raw']['execute']>[0]) =>
                  this.#ask(() => Promise.resolve(target.execute(query)))
              : Reflect.get(target, key, target),
        }),
        asSystem: (work) => this.#ask(() => db.asSystem(work)),
        asWorkspace: (id, work) => this.#ask(() => db.asWorkspace(id, work)),
      },
      async () => {
        await this.pass();
        if (this.cut) throw new Error('the database is away');
      },
    );
  }
  async #ask<T>(work: () => Promise<T>): Promise<T> {
    this.#asking++;
    try {
      return await work();
    } finally {
      this.#asking--;
    }
  }
  /**
   * Whether nothing continues before the test acts: each task waits for the test, or for another task that does. Concurrent calls share a
   * statement, so while the process is stopped several tasks wait behind one.
   */
  get resting(): boolean {
    if (this.tasks <= this.parked.length) return true;
    return this.stopped && this.#asking === 0 && this.parked.some((p) => p.at === 'stop');
  }
  park(at: 'stop' | 'network'): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.parked.push({ at, go: resolve, die: () => reject(new Killed()) });
    });
  }
  /** Continues unless the process is stopped or dead. */
  async pass(): Promise<void> {
    while (this.stopped && !this.dead) await this.park('stop');
    if (this.dead) throw new Killed();
  }
  /** Waits for its turn before a request leaves and before its response is read. */
  async network(): Promise<void> {
    await this.park('network');
    await this.pass();
  }
  release(at: 'stop' | 'network', all = false): void {
    const going = this.parked.filter((p) => p.at === at).slice(0, all ? undefined : 1);
    this.parked = this.parked.filter((p) => !going.includes(p));
    for (const { go } of going) go();
  }
  kill(): void {
    this.dead = true;
    for (const { die } of this.parked.splice(0)) die();
  }
  run(work: () => Promise<unknown>): void {
    this.tasks++;
    void work()
      .catch(() => {})
      .finally(() => {
        this.tasks--;
      });
  }
}

/** A platform to which a request may be on its way long after it left, even after its sender died. */
class SlowPlatform extends FakePlatform {
  readonly onTheWay: { at: number; arrive(): void }[] = [];
  requests = 0;
  delays: readonly number[] = [0];
  constructor(
    readonly now: () => number,
    readonly processOf: (db: Db) => Process,
  ) {
    super();
  }
  override async publish({ ctx, connectionId, input, beforeEffect }: PlatformCall<'publish'>) {
    const process = this.processOf(ctx.db);
    await process.network();
    beforeEffect?.();
    const left = this.now();
    const id = newId('sandbox');
    let there = false;
    const arrive = () => {
      if (there) return;
      there = true;
      this.posts.push({ connectionId, text: input.text, id, at: new Date(this.now()), replyTo: null });
    };
    const delay = this.delays[this.requests++ % this.delays.length] ?? 0;
    if (delay === 0) arrive();
    else this.onTheWay.push({ at: left + delay, arrive });
    await process.network();
    if (this.now() - left > GIVEN_UP_MS)
      throw new ConnectorFault('unknown_outcome', plain('It took too long.'));
    arrive();
    return { remoteId: id, permalink: `https://example.test/${id}` };
  }
  timePassed(): void {
    for (const one of this.onTheWay) if (one.at <= this.now()) one.arrive();
  }
}

const PROCESSES = 3;
const who = fc.nat({ max: PROCESSES - 1 });
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('lane' as const), who, n: fc.nat({ max: 1 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('network' as const), who }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('time' as const), ms: fc.integer({ min: 500, max: 25_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('renew' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('recover' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('look' as const), who, n: fc.nat({ max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stop' as const), who, yes: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), who, yes: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), who }) },
);

test('each post goes out once and in its lane’s order, whatever stops, dies or is cut off', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: 8, maxLength: 40 }),
      fc.array(fc.constantFrom(...ON_THE_WAY_MS), { minLength: 1, maxLength: 4 }),
      async (operations, delays) => {
        const here = await Publisher.open(db);
        const { clock, ctx } = here.world;
        const processes = Array.from({ length: PROCESSES }, () => new Process(db));
        const all = [...processes];
        const platform = new SlowPlatform(
          () => clock.now().getTime(),
          (of) => all.find((p) => p.db === of) as Process,
        );
        platform.delays = delays;
        const made = [];
        for (const text of ['first', 'second']) {
          made.push(await here.schedule(text));
          clock.advance(1);
        }
        const asked: LookUp[] = [];
        /** Waits until every process has finished its tasks or is waiting for the test. */
        const rest = async () => {
          const turn = () => new Promise(setImmediate);
          // Gives everything that a response sets off its turns.
          for (let quiet = 0; quiet < 3; quiet++) {
            await turn();
            if (!all.every((p) => p.resting)) quiet = -1;
          }
        };
        const sweep = () => claimDue({ db, clock });
        const recover = async () => asked.push(...(await recoverStuck({ db, clock })).lookUps);
        const lane = (p: Process) =>
          p.run(() =>
            publishDue({
              ctx: { ...ctx, db: p.db, platforms: platform },
              input: { connectionId: here.connectionId },
            }),
          );
        const look = (p: Process, input: LookUp) =>
          p.run(() => lookUpPublication({ ctx: { ...ctx, db: p.db, platforms: platform }, input }));
        const pass = (ms: number) => {
          clock.advance(ms);
          platform.timePassed();
        };
        await sweep();
        for (const op of operations) {
          const process = 'who' in op ? (processes[op.who] as Process) : undefined;
          if (op.do === 'time') pass(op.ms);
          else if (op.do === 'recover') await recover();
          else if (op.do === 'sweep') await sweep();
          else if (!process) continue;
          else if (op.do === 'lane') lane(process);
          else if (op.do === 'network') process.release('network');
          else if (op.do === 'renew') process.run(() => leasesOf(process.db).look());
          else if (op.do === 'look') {
            const input = asked[op.n % Math.max(1, asked.length)];
            if (input) look(process, input);
          } else if (op.do === 'cut') process.cut = op.yes;
          else if (op.do === 'stop') {
            process.stopped = op.yes;
            if (!op.yes) process.release('stop', true);
          } else {
            process.kill();
            const next = new Process(db);
            all.push(next);
            processes[op.who] = next;
          }
          await rest();
        }
        // All processes come back, and everything pending must complete.
        for (let i = 0; i < 40; i++) {
          for (const p of processes) {
            p.stopped = p.cut = false;
            p.release('stop', true);
            p.release('network', true);
            await rest();
          }
          pass(20_000);
          await recover();
          for (const input of asked.splice(0)) look(processes[0] as Process, input);
          await rest();
          await sweep();
          lane(processes[1] as Process);
          await rest();
          const states = await Promise.all(made.map(({ id }) => here.state(id)));
          if (states.every((s) => s.state === 'published') && all.every((p) => p.tasks === 0)) break;
        }
        pass(60_000);
        expect(platform.posts.map((p) => p.text)).toEqual(['first', 'second']);
        for (const [i, { id }] of made.entries()) {
          const state = await here.state(id);
          expect(state.state).toBe('published');
          expect(state.permalink).toBe(`https://example.test/${platform.posts[i]?.id}`);
        }
      },
    ),
    // Each case has some hundred turns, so shrinking one would take longer than the test may.
    { numRuns: 15, endOnFailure: true },
  );
}, 300_000);
