import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { postingSettings, topics } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld, type World } from '@/tests/support/world';
import { addConnection } from '../publisher/testing';
import { giveDefaultSlots } from '../scheduling/default-slots';
import { addSlots, changeSlot, copySlots, removeSlots } from './change-slots';
import { getMissed, getPlan, saveMissed } from './settings';

let db: Db;
let world: World;
let connectionId: string;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  world = await createWorld(db, { plan: 'pro' });
  connectionId = await addConnection(db, world.ctx);
});

test('members with the permission can add slots once, set their topic, copy and remove them', async () => {
  const tech = newId('topic');
  await db.asSystem((tx) =>
    tx
      .insert(topics)
      .values({ id: tech, workspaceId: world.workspaceId, slug: 'tech', audience: 'a', tone: 't' }),
  );
  const slots = [1, 2, 3].map((weekday) => ({ weekday, minute: 540 }));
  expect(await addSlots(world.ctx, { connectionId, slots })).toEqual({ added: 3 });
  expect(await addSlots(world.ctx, { connectionId, slots })).toEqual({ added: 0 });
  const other = await addConnection(db, world.ctx, 'facebook');
  const shop = await addConnection(db, world.ctx, 'etsy');
  const own = async () => (await getPlan(world.ctx)).connections;
  const [first] = (await own())[0]?.slots ?? [];
  await changeSlot(world.ctx, { id: first?.id ?? '', topicId: tech });
  await copySlots(world.ctx, { from: connectionId, to: [other] });
  const plan = await own();
  expect(plan.map((c) => c.id)).not.toContain(shop);
  expect(plan[1]?.slots.map(({ weekday, minute, topicId }) => ({ weekday, minute, topicId }))).toEqual([
    { weekday: 1, minute: 540, topicId: tech },
    { weekday: 2, minute: 540, topicId: null },
    { weekday: 3, minute: 540, topicId: null },
  ]);
  const removed = await removeSlots(world.ctx, { ids: [first?.id ?? ''] });
  expect(removed).toEqual([{ connectionId, weekday: 1, minute: 540, topicId: tech }]);
  const operator = await actingAs(world, 'operator');
  await expect(addSlots(operator, { connectionId, slots })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const stranger = await createWorld(db);
  await expect(addSlots(stranger.ctx, { connectionId, slots })).rejects.toMatchObject({
    code: 'not_found',
  });
  const many = Array.from({ length: 350 }, (_, i) => ({ weekday: 4, minute: i }));
  await expect(addSlots(world.ctx, { connectionId, slots: many })).rejects.toMatchObject({
    code: 'invalid',
  });
  expect((await own())[0]?.slots).toHaveLength(2);
});

test('accounts start with the workspace’s default times', async () => {
  const shop = await addConnection(db, world.ctx, 'etsy');
  await db.asSystem((tx) =>
    tx
      .update(postingSettings)
      .set({ slots: [600, 1200] })
      .where(eq(postingSettings.workspaceId, world.workspaceId)),
  );
  for (let i = 0; i < 2; i++)
    await db.asWorkspace(world.workspaceId, (tx) => giveDefaultSlots(tx, world.ctx));
  const { connections } = await getPlan(world.ctx);
  expect(connections.map((c) => [c.id, c.slots.length])).toEqual([[connectionId, 14]]);
  expect(connections.some((c) => c.id === shop)).toBe(false);
});

test('the policy for missed posts can be changed with permission, and not over another user’s change', async () => {
  const seen = await getMissed(world.ctx);
  expect(seen).toEqual({ policy: 'post', minutes: 120 });
  await saveMissed(world.ctx, { policy: 'ask', minutes: 30, seen });
  await expect(saveMissed(world.ctx, { policy: 'skip', minutes: 30, seen })).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(
    saveMissed(await actingAs(world, 'operator'), {
      policy: 'skip',
      minutes: 30,
      seen: { policy: 'ask', minutes: 30 },
    }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  expect(await getMissed(world.ctx)).toEqual({ policy: 'ask', minutes: 30 });
});
