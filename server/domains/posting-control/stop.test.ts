import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { approvals } from '@/db/schema';
import { eachTestPublishes, Publisher } from '@/tests/support/publisher';
import { actingAs, createWorld } from '@/tests/support/world';
import { cancelPublication } from '../publications/cancel-publication';
import { getPublication } from '../publications/queries';
import { setReview } from '../publisher/testing';
import { listTodo } from '../todo/queries';
import { getPosting } from './queries';
import { stopPosting } from './stop-posting';
import { undoStop } from './undo-stop';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

const MINUTE = 60_000;
const state = async (id: string) => (await here.state(id)).state;

test('the queue is cleared at once and restored as it was, except for later changes', async () => {
  const [first, second] = [await here.scheduleIn(60), await here.scheduleIn(90)];
  await setReview(db, here.world.ctx, 'review_first');
  const asked = await here.scheduleIn(120, undefined, await actingAs(here.world, 'operator'));
  const stopped = await stopPosting(here.world.ctx);
  expect(stopped).toMatchObject({ hold: { kind: 'stop' }, waiting: 0, stop: { count: 3 } });
  expect(await listTodo(here.world.ctx)).toMatchObject({ count: 0 });
  const id = stopped.stop?.id ?? '';
  const foreign = await createWorld(db);
  await expect(undoStop(foreign.ctx, { id })).rejects.toMatchObject({ code: 'not_found' });
  const back = await undoStop(here.world.ctx, { id });
  expect(back).toMatchObject({ hold: null, waiting: 3, stop: null });
  const after = await getPublication(here.world.ctx, { id: first.id });
  expect(after).toMatchObject({ state: 'scheduled', version: 3, dueAt: first.dueAt });
  expect(await state(asked.id)).toBe('awaiting_approval');
  expect((await listTodo(here.world.ctx)).approvals).toHaveLength(1);
  // Undoing again does nothing more, and no other cancelled post is restored.
  await cancelPublication(here.world.ctx, { id: second.id, version: 3 });
  await undoStop(here.world.ctx, { id });
  expect(await state(second.id)).toBe('cancelled');
});

test('a cleared queue is not restored after a day, or into a full day', async () => {
  here = await Publisher.open(db, { plan: 'free' });
  for (let i = 0; i < 3; i++) await here.scheduleIn(60 + i);
  const id = (await stopPosting(here.world.ctx)).stop?.id ?? '';
  for (let i = 0; i < 3; i++) await here.scheduleIn(80 + i);
  await expect(undoStop(here.world.ctx, { id })).rejects.toMatchObject({
    code: 'limit_reached',
    message: expect.stringContaining('on 2 Mar 2026. The Free plan includes 5 posts a day'),
    details: { date: '2026-03-02' },
  });
  here.world.clock.advance(24 * 60 * MINUTE + 1);
  await expect(undoStop(here.world.ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
  expect((await getPosting(here.world.ctx)).stop).toBeNull();
});

test('an approval whose deadline passed while a stop had withdrawn it is left to a user', async () => {
  await setReview(db, here.world.ctx, 'review_first', 'approve');
  const publication = await here.scheduleIn(30 * 60, undefined, await actingAs(here.world, 'operator'));
  const id = (await stopPosting(here.world.ctx)).stop?.id ?? '';
  await db.asSystem((tx) =>
    tx
      .update(approvals)
      .set({ deadlineAt: new Date(here.world.clock.now().getTime() + MINUTE) })
      .where(eq(approvals.workspaceId, here.world.workspaceId)),
  );
  here.world.clock.advance(2 * MINUTE);
  await undoStop(here.world.ctx, { id });
  const [approval] = await db.asSystem((tx) =>
    tx.select().from(approvals).where(eq(approvals.workspaceId, here.world.workspaceId)),
  );
  expect(approval?.state).toBe('kept');
  expect(await state(publication.id)).toBe('awaiting_approval');
});
