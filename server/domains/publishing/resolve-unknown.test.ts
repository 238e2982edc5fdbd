import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { connections, publications } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { createPost } from '../posts/create-post';
import { completeAction } from '../todo/complete-action';
import { listTodo } from '../todo/queries';
import { claimDue } from './claim-due';
import { lookUpPublication } from './look-up-publication';
import { publishDue } from './publish-due';
import { recoverStuck } from './recover-stuck';
import { resolveUnknown } from './resolve-unknown';
import { schedulePublications } from './schedule-publications';
import { addConnection, FakePlatform, setReview } from './testing';

let db: Db;
let world: World;
let platform: FakePlatform;
let connectionId: string;
let keys = 0;
const URL_OF_MIRA = 'https://x.com/mira_draws';

beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
  world = await createWorld(db, { plan: 'agency' });
  await setReview(db, world.ctx, 'post_at_once');
  platform = new FakePlatform();
  platform.looksUp = false;
  connectionId = await addConnection(db, world.ctx);
  await db.asSystem((tx) =>
    tx
      .update(connections)
      .set({ environment: 'live', remote: { username: 'mira_draws' }, remoteUrl: URL_OF_MIRA })
      .where(eq(connections.id, connectionId)),
  );
});

/** A post of which nobody can tell whether it is out. */
async function unknown(text: string, parts: { text: string }[] = []) {
  const post = await createPost({
    ctx: world.ctx,
    input: { title: text, variants: [{ platform: 'x', text, parts }] },
  });
  platform.script.push({ after: 'unknown_outcome' });
  const [made] = await schedulePublications({
    ctx: world.ctx,
    platform,
    input: {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      when: { kind: 'now' },
      requestKey: `unknown-${++keys}`,
    },
  });
  if (!made) throw new Error('nothing was scheduled');
  await claimDue({ db, clock: world.clock });
  await publishDue({ ctx: world.ctx, input: { connectionId }, platform });
  const { lookUps } = await recoverStuck({ db, clock: world.clock });
  for (const claim of lookUps) await lookUpPublication({ ctx: world.ctx, input: claim, platform });
  world.clock.advance(1000);
  return made.id;
}
const there = (id: string, permalink: string) =>
  resolveUnknown({ ctx: world.ctx, input: { id, version: 1, answer: 'there', permalink } });
const stateOf = async (id: string) => {
  const [row] = await db.asSystem((tx) => tx.select().from(publications).where(eq(publications.id, id)));
  return [row?.state, row?.remoteId, row?.permalink];
};

test.each([
  ['somewhere else', 'https://anything.example/mira_draws/status/123', 'not an address on X'],
  ['somebody else’s post', 'https://x.com/somebody/status/123', 'a post of @somebody'],
])('%s is not taken for the post, and nothing is attached to it', async (_, permalink, words) => {
  const id = await unknown('one', [{ text: 'two' }]);
  await expect(there(id, permalink)).rejects.toMatchObject({
    code: 'invalid',
    fields: { permalink: expect.stringContaining(words) },
  });
  expect(await stateOf(id)).toEqual(['unknown', null, null]);
});

test('one post is not taken for two', async () => {
  const first = await unknown('one');
  await there(first, `${URL_OF_MIRA}/status/123`);
  const second = await unknown('uno');
  await expect(there(second, 'https://twitter.com/Mira_Draws/status/123?s=20')).rejects.toMatchObject({
    code: 'invalid',
    fields: { permalink: expect.stringContaining('another post') },
  });
  expect((await stateOf(second))[0]).toBe('unknown');
  await there(second, `${URL_OF_MIRA}/status/124`);
  expect(await stateOf(second)).toEqual(['published', '124', `${URL_OF_MIRA}/status/124`]);
});

test('the list of things to do takes the answer and the address apart, also without its scheme', async () => {
  const id = await unknown('one', [{ text: 'two' }]);
  const action = (await listTodo({ ctx: world.ctx })).actions[0]?.id ?? '';
  const complete = (input: { answer: string; permalink?: string }) =>
    completeAction({ ctx: world.ctx, input: { id: action, ...input } });
  const refused = (field: string, words: string) => ({
    code: 'invalid',
    fields: { [field]: expect.stringContaining(words) },
  });
  await expect(complete({ answer: 'there' })).rejects.toMatchObject(
    refused('permalink', 'Paste the address'),
  );
  await expect(complete({ answer: 'there', permalink: 'on my wall' })).rejects.toMatchObject(
    refused('permalink', 'full address'),
  );
  await expect(complete({ answer: 'there', permalink: 'x.com/somebody/status/1' })).rejects.toMatchObject(
    refused('permalink', '@somebody'),
  );
  await expect(complete({ answer: `${URL_OF_MIRA}/status/123` })).rejects.toMatchObject(
    refused('answer', 'Choose one'),
  );
  await complete({ answer: 'there', permalink: 'x.com/mira_draws/status/123' });
  expect(await stateOf(id)).toEqual(['published', '123', `${URL_OF_MIRA}/status/123`]);
  expect((await listTodo({ ctx: world.ctx })).count).toBe(0);
  await publishDue({ ctx: world.ctx, input: { connectionId }, platform });
  expect(platform.posts.find((post) => post.text === 'two')?.replyTo).toBe('123');
});
