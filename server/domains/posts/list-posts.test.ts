import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publications, variants } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { addConnection, writePost } from '../publisher/testing';
import { createPost } from './create-post';
import { listPosts } from './queries';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

test('the library counts a thread once per account, and follow-ups only if they need attention', async () => {
  const { ctx, workspaceId } = await createWorld(db);
  const post = await writePost(ctx, 'A thread');
  const [here, there] = [await addConnection(db, ctx), await addConnection(db, ctx)];
  const made = async (
    connectionId: string,
    kind: 'post' | 'reply' | 'repost',
    state: 'published' | 'failed' | 'scheduled',
    followsId: string | null = null,
  ) => {
    const id = newId('publication');
    await db.asSystem((tx) =>
      tx.insert(publications).values({
        id,
        workspaceId,
        postId: post.id,
        variantId: post.variants[0]?.id ?? '',
        connectionId,
        kind,
        followsId,
        text: 'words',
        dueAt: ctx.clock.now(),
        localTime: '2026-03-02T10:00',
        timeZone: 'UTC',
        state,
        marker: id,
        requestKey: id,
        createdBy: 'user:x',
        createdAt: ctx.clock.now(),
      }),
    );
    return id;
  };
  for (const account of [here, there]) {
    const head = await made(account, 'post', 'published');
    const second = await made(account, 'reply', 'published', head);
    await made(account, 'reply', account === here ? 'published' : 'failed', second);
    await made(account, 'repost', 'scheduled', head);
  }
  const { items } = await listPosts(ctx, {});
  expect(items[0]?.publications).toEqual({ published: 2, failed: 1 });
});

test('the library finds titles, texts, parts and sent texts in any case, with or without accents', async () => {
  const { ctx } = await createWorld(db);
  const written = (title: string, text: string, parts: { text: string }[] = []) =>
    createPost(ctx, { title, variants: [{ platform: 'x', text, parts }] });
  await written('Café menu', 'One');
  await written('Two', 'Ein Cafe\u0301 in der GROẞEN Straße');
  await written('Three', 'Words', [{ text: 'ĐÀ NẴNG, cafe\u0301' }]);
  await written('100%', 'under_score');
  const titles = async (search: string) =>
    (await listPosts(ctx, { search })).items.map((item) => item.title).sort();
  for (const term of ['cafe', 'CAFÉ', 'cafe\u0301', 'Ｃａｆé'])
    expect(await titles(term)).toEqual(['Café menu', 'Three', 'Two']);
  expect(await titles('grossen strasse')).toEqual(['Two']);
  expect(await titles('da nang')).toEqual(['Three']);
  expect(await titles('%')).toEqual(['100%']);
  expect(await titles('r_s')).toEqual(['100%']);
  expect(await titles('.')).toEqual([]);
  expect(await titles('tea')).toEqual([]);
});

test('the library does not find a term across two texts of a post, and finds an edited text at once', async () => {
  const { ctx } = await createWorld(db);
  const post = await createPost(ctx, {
    title: 'Été',
    variants: [{ platform: 'x', text: 'Ein Café', parts: [{ text: 'Straße' }, { text: 'Çay' }] }],
  });
  const finds = async (search: string) => (await listPosts(ctx, { search })).items.length === 1;
  for (const term of ['ein cafe', 'strasse', 'cay', 'ete']) expect(await finds(term), term).toBe(true);
  for (const term of ['cafe strasse', 'cafestrasse', 'strassecay', 'eteein'])
    expect(await finds(term), term).toBe(false);
  await db.asSystem((tx) =>
    tx
      .update(variants)
      .set({ text: 'Ein Tee', parts: [{ text: 'ĐÀ NẴNG' }] })
      .where(eq(variants.postId, post.id)),
  );
  expect(await finds('cafe')).toBe(false);
  expect(await finds('strasse')).toBe(false);
  expect(await finds('da nang')).toBe(true);
});

test('an excerpt ends between two characters', async () => {
  const { ctx } = await createWorld(db);
  const family = '👩‍👩‍👧‍👦';
  await createPost(ctx, {
    title: 'T',
    variants: [{ platform: 'x', text: `${'a'.repeat(235)}${family}` }],
  });
  expect((await listPosts(ctx, {})).items[0]?.excerpt).toBe('a'.repeat(235));
});
