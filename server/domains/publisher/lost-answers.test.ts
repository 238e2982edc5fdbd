import { asc, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publications } from '@/db/schema';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { claimDue } from '../due/claim-due';
import { schedulePublications } from '../planning/schedule-publications';
import { publishDue } from './publish-due';
import { recoverStuck } from './recover-stuck';
import { startPublishing } from './start-publishing';
import { addConnection, writePost } from './testing';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

/** The same database, whose connection fails after the commit of the next statements that call `name`, `times` times. */
function losing(name: string, times: number): Db & { lost: () => number } {
  let lost = 0;
  return {
    ...db,
    lost: () => lost,
    raw: new Proxy(db.raw, {
      get(target, key) {
        if (key !== 'execute') return Reflect.get(target, key, target);
        return async (query: Parameters<Db['raw']['execute']>[0]) => {
          const answer = await target.execute(query);
          if (lost >= times || !JSON.stringify(query).includes(name)) return answer;
          lost++;
          throw new Error('Connection terminated unexpectedly');
        };
      },
    }),
  };
}
const rows = () =>
  db.asSystem((tx) =>
    tx
      .select({ state: publications.state, attempts: publications.attempts })
      .from(publications)
      .where(eq(publications.workspaceId, here.world.workspaceId))
      .orderBy(asc(publications.dueAt)),
  );
const ONCE = { state: 'published', attempts: 1 };

for (const [name, times] of [
  ['advance_publishing', 1],
  ['advance_publishing', 2],
  ['start_publishing_v6', 1],
  ['settle_publishing_v2', 1],
] as const)
  test(`the lane continues without waiting when the response of ${name} is lost ${times} times, and publishes each post exactly once`, async () => {
    for (let i = 0; i < 4; i++) await here.schedule(`Post ${i}`);
    await claimDue({ db, clock: here.world.clock });
    const weak = losing(name, times);
    const report = await publishDue({
      ctx: { ...here.world.ctx, db: weak, platforms: here.platform },
      input: { connectionId: here.connectionId },
    });
    expect(report).toMatchObject({ published: 4, unsettled: false });
    expect(weak.lost()).toBe(name === 'settle_publishing_v2' ? 0 : times);
    expect(await rows()).toEqual([ONCE, ONCE, ONCE, ONCE]);
    expect(here.platform.posts).toHaveLength(4);
  });

test('all lanes that share a statement continue when its response is lost', async () => {
  for (const name of ['start_publishing_v6', 'advance_publishing']) {
    const lanes: string[] = [];
    for (let i = 0; i < 6; i++) lanes.push(await addConnection(db, here.world.ctx));
    for (let i = 0; i < 2; i++)
      await schedulePublications(
        { ...here.world.ctx, platforms: here.platform },
        {
          postId: (await writePost(here.world.ctx, `${name} ${i}`)).id,
          version: 1,
          targets: lanes.map((connectionId) => ({ connectionId })),
          when: { kind: 'now' },
          requestKey: `lost-${name}-${i}`,
        },
      );
    await claimDue({ db, clock: here.world.clock });
    const ctx = { ...here.world.ctx, db: losing(name, 2) };
    await Promise.all(
      lanes.map((connectionId) =>
        publishDue({ ctx: { ...ctx, platforms: here.platform }, input: { connectionId } }),
      ),
    );
  }
  expect(await rows()).toEqual(Array.from({ length: 24 }, () => ONCE));
  expect(here.platform.posts).toHaveLength(24);
});

test('a publication that another process took over no longer belongs to the first requester', async () => {
  await here.schedule();
  await claimDue({ db, clock: here.world.clock });
  const request = {
    workspaceId: here.world.workspaceId,
    connectionId: here.connectionId,
    now: here.world.clock.now(),
  };
  expect(await startPublishing(db, request)).toMatchObject({ kind: 'started' });
  expect(await startPublishing(db, request)).toMatchObject({ kind: 'started', started: { attempt: 1 } });
  expect(await startPublishing(db, { ...request })).toEqual({ kind: 'idle' });
  here.world.clock.advance(4 * 60_000);
  expect((await recoverStuck({ db, clock: here.world.clock })).lookUps).toHaveLength(1);
  expect(await startPublishing(db, request)).toEqual({ kind: 'idle' });
});
