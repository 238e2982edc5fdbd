import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connections, grants, publications, quotaBuckets } from '@/db/schema';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { addConnection } from './testing';

const PER_GRANT = { count: 3, seconds: 60, per: 'grant' };
const PER_ACCOUNT = { count: 2, seconds: 60, per: 'account' };
const WINDOW_MS = 60_000;

let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
});
beforeEach(() => {
  process.env.PLATFORM_LIMITS = JSON.stringify({ x: [PER_GRANT, PER_ACCOUNT] });
  resetEnv();
});
afterEach(() => {
  delete process.env.PLATFORM_LIMITS;
  resetEnv();
});

/** Adds a sign-in with this many accounts. */
async function signIn(accounts: number): Promise<string[]> {
  const id = newId('grant');
  const { workspaceId } = here.world;
  await here.db.asSystem((tx) =>
    tx.insert(grants).values({
      id,
      workspaceId,
      platform: 'x',
      environment: 'sandbox',
      createdBy: 'user:test',
      createdAt: here.world.clock.now(),
    }),
  );
  const ids: string[] = [];
  for (let i = 0; i < accounts; i++) {
    const account = await addConnection(here.db, here.world.ctx);
    await here.db.asSystem((tx) =>
      tx.update(connections).set({ grantId: id }).where(eq(connections.id, account)),
    );
    ids.push(account);
  }
  return ids;
}

/** Returns the most posts of any window. A window begins with its first post. */
function fullest(times: readonly number[]): number {
  let [begin, count, most] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (const time of [...times].sort((a, b) => a - b)) {
    if (time >= begin + WINDOW_MS) [begin, count] = [time, 0];
    most = Math.max(most, ++count);
  }
  return most;
}

test('the limit of a sign-in holds for its accounts together and for no others, and everything is sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 15_000, max: 70_000 }), { minLength: 1, maxLength: 6 }),
      async (shared, alone, waits) => {
        await here.db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
        await here.db.asSystem((tx) => tx.delete(quotaBuckets));
        here.platform.posts.length = 0;
        const together = await signIn(shared.length);
        const [other = ''] = await signIn(1);
        const plan = [...together.map((id, i) => [id, shared[i] ?? 0] as const), [other, alone] as const];
        let all = 0;
        for (const [id, posts] of plan)
          for (let i = 0; i < posts; i++) {
            await here.schedule(`${++all}`, undefined, id);
          }
        for (let round = 0; round < 60 && here.platform.posts.length < all; round++) {
          await here.turn();
          here.world.clock.advance(waits[round % waits.length] ?? 1_000);
        }
        const of = (ids: readonly string[]) =>
          here.platform.posts.filter((p) => ids.includes(p.connectionId)).map(({ at }) => at.getTime());
        expect(here.platform.posts).toHaveLength(all);
        expect(fullest(of(together))).toBeLessThanOrEqual(PER_GRANT.count);
        for (const [id] of plan) expect(fullest(of([id]))).toBeLessThanOrEqual(PER_ACCOUNT.count);
        // In the first round, the other sign-in is not held up by this one.
        if (alone > 0)
          expect(of([other])[0]).toBeLessThan((of(together)[0] ?? Number.POSITIVE_INFINITY) + WINDOW_MS);
        for (const [id] of plan) {
          const texts = here.platform.posts
            .filter((p) => p.connectionId === id)
            .map(({ text }) => Number(text));
          expect(texts).toEqual([...texts].sort((a, b) => a - b));
        }
      },
    ),
    { numRuns: 4 },
  );
}, 240_000);
