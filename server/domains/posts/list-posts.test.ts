import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { addConnection, writePost } from '../publisher/testing';
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
