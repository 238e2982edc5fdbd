import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { connections, publications } from '@/db/schema';
import { untilSomebodyWaits } from '@/tests/support/db';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { lockConnection } from '../publications/lock-connection';
import { publishDue } from '../publisher/publish-due';
import { listTodo } from '../todo/queries';
import { completeAsShown } from '../todo/testing';
import { resolveUnknown } from './resolve-unknown';

let here: Publisher;
const URL_OF_MIRA = 'https://x.com/mira_draws';
eachTestPublishes((publisher) => {
  here = publisher;
});
beforeEach(async () => {
  here.platform.looksUp = false;
  await here.db.asSystem((tx) =>
    tx
      .update(connections)
      .set({ environment: 'live', remote: { username: 'mira_draws' }, remoteUrl: URL_OF_MIRA })
      .where(eq(connections.id, here.connectionId)),
  );
});

/** Publishes a post whose outcome is unknown. */
async function unknown(text: string, parts: { text: string }[] = []) {
  here.platform.script.push({ after: 'unknown_outcome' });
  const publication = await here.scheduleThread(text, parts);
  await here.turn();
  here.world.clock.advance(1000);
  return publication.id;
}
const there = (id: string, permalink: string) =>
  resolveUnknown(here.world.ctx, { id, version: 1, answer: 'there', permalink });
const stateOf = async (id: string) => {
  const [row] = await here.db.asSystem((tx) => tx.select().from(publications).where(eq(publications.id, id)));
  return [row?.state, row?.remoteId, row?.permalink];
};

test.each([
  ['an address on another site', 'https://anything.example/mira_draws/status/123', 'not on X'],
  ['another user’s post', 'https://x.com/somebody/status/123', 'by @somebody'],
])('%s is refused as the address of the post, and nothing is attached to it', async (_, permalink, words) => {
  const id = await unknown('one', [{ text: 'two' }]);
  await expect(there(id, permalink)).rejects.toMatchObject({
    code: 'invalid',
    fields: { permalink: expect.toSay(words) },
  });
  expect(await stateOf(id)).toEqual(['unknown', null, null]);
});

test('one address is refused for a second post', async () => {
  const first = await unknown('one');
  await there(first, `${URL_OF_MIRA}/status/123`);
  const second = await unknown('uno');
  await expect(there(second, 'https://twitter.com/Mira_Draws/status/123?s=20')).rejects.toMatchObject({
    code: 'invalid',
    fields: { permalink: expect.toSay('another post') },
  });
  expect((await stateOf(second))[0]).toBe('unknown');
  await there(second, `${URL_OF_MIRA}/status/124`);
  expect(await stateOf(second)).toEqual(['published', '124', `${URL_OF_MIRA}/status/124`]);
});

test('when two users give one address to two posts concurrently, the second is refused', async () => {
  const first = await unknown('one');
  const second = await unknown('uno');
  const url = `${URL_OF_MIRA}/status/777`;
  let answer: Promise<unknown> = Promise.resolve();
  await here.db.asWorkspace(here.world.workspaceId, async (tx) => {
    // The first has checked that the address is free and has not committed yet.
    await lockConnection(tx, here.connectionId);
    await tx
      .update(publications)
      .set({ state: 'published', remoteId: '777', permalink: url })
      .where(eq(publications.id, first));
    answer = there(second, url);
    answer.catch(() => {});
    await untilSomebodyWaits(tx);
  });
  await expect(answer).rejects.toMatchObject({
    code: 'invalid',
    fields: { permalink: expect.toSay('another post') },
  });
  expect((await stateOf(second))[0]).toBe('unknown');
});

test('concurrent requests with one address for two posts are accepted once', async () => {
  const ids = [await unknown('one'), await unknown('uno')];
  const ends = await Promise.allSettled(ids.map((id) => there(id, `${URL_OF_MIRA}/status/778`)));
  expect(ends.map((e) => e.status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('the to-do list separates the answer from the address, also without its scheme', async () => {
  const id = await unknown('one', [{ text: 'two' }]);
  const action = (await listTodo(here.world.ctx)).actions[0]?.id ?? '';
  const complete = (input: { answer: string; permalink?: string }) =>
    completeAsShown(here.world.ctx, { id: action, ...input });
  const refused = (field: string, words: string) => ({
    code: 'invalid',
    fields: { [field]: expect.toSay(words) },
  });
  await expect(complete({ answer: 'there' })).rejects.toMatchObject(refused('permalink', 'Paste the URL'));
  await expect(complete({ answer: 'there', permalink: 'on my wall' })).rejects.toMatchObject(
    refused('permalink', 'full URL'),
  );
  await expect(complete({ answer: 'there', permalink: 'x.com/somebody/status/1' })).rejects.toMatchObject(
    refused('permalink', '@somebody'),
  );
  await expect(complete({ answer: `${URL_OF_MIRA}/status/123` })).rejects.toMatchObject(
    refused('answer', 'Choose one'),
  );
  await complete({ answer: 'there', permalink: 'x.com/mira_draws/status/123' });
  expect(await stateOf(id)).toEqual(['published', '123', `${URL_OF_MIRA}/status/123`]);
  expect((await listTodo(here.world.ctx)).count).toBe(0);
  const { connectionId, platform } = here;
  await publishDue({ ctx: { ...here.world.ctx, platforms: platform }, input: { connectionId } });
  expect(here.platform.posts.find((post) => post.text === 'two')?.replyTo).toBe('123');
});

test('the address of any part of an album is refused for a second post, and numbers that only look like one are not', async () => {
  const url = 'https://t.me/mira';
  const album = await unknown('album');
  await here.db.asSystem((tx) =>
    tx
      .update(publications)
      .set({ state: 'published', remoteId: '47,48,49' })
      .where(eq(publications.id, album)),
  );
  const second = await unknown('uno');
  await here.db.asSystem((tx) =>
    tx
      .update(connections)
      .set({ platform: 'telegram', remoteId: '-1001', remote: { username: 'mira' }, remoteUrl: url })
      .where(eq(connections.id, here.connectionId)),
  );
  for (const id of ['47', '48', '49'])
    await expect(there(second, `${url}/${id}`)).rejects.toMatchObject({
      fields: { permalink: expect.toSay('another post') },
    });
  await there(second, `${url}/8`);
  expect(await stateOf(second)).toEqual(['published', '8', `${url}/8`]);
});
