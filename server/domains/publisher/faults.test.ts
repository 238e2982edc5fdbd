import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { actions, alerts, publications } from '@/db/schema';
import { eachTestPublishes, type Publisher } from '@/tests/support/publisher';
import { resolveUnknown } from '../publication-recovery/resolve-unknown';
import { retryPublication } from '../publication-recovery/retry-publication';
import { listTodo } from '../todo/queries';
import { completeAsShown } from '../todo/testing';

let db: Db;
let here: Publisher;
eachTestPublishes((publisher) => {
  here = publisher;
  db = here.db;
});

describe('faults', () => {
  test('a rate limit and a temporary failure are waited out', async () => {
    here.platform.script.push({ before: 'rate_limited', retryAfter: 300 }, { before: 'transient' }, 'ok');
    const publication = await here.schedule();
    await here.turn();
    expect(await here.state(publication.id)).toMatchObject({
      state: 'scheduled',
      retryAt: new Date(here.world.clock.now().getTime() + 300_000),
    });
    await here.turns(8);
    const after = await here.state(publication.id);
    expect(after.state).toBe('published');
    expect(after.attemptRows.map((a) => a.outcome)).toEqual(['rate_limited', 'transient', 'published']);
    expect(here.platform.posts).toHaveLength(1);
  });

  test('a failure that persists raises an alert, which a retry resolves', async () => {
    for (let i = 0; i < 6; i++) here.platform.script.push({ before: 'transient' });
    const publication = await here.schedule();
    await here.turns(60);
    const failed = await here.state(publication.id);
    expect(failed.state).toBe('failed');
    expect(failed.attemptRows).toHaveLength(6);
    const open = () =>
      db.asWorkspace(here.world.workspaceId, (tx) =>
        tx.select().from(alerts).where(eq(alerts.resolved, false)),
      );
    expect(await open()).toHaveLength(1);
    await retryPublication(here.world.ctx, { id: publication.id, version: failed.version });
    expect(await open()).toHaveLength(0);
    await here.turn();
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
  });

  test('a refusal fails immediately, and an expired connection raises one reconnect alert for all posts', async () => {
    here.platform.script.push({ before: 'rejected' }, { before: 'reauth' }, { before: 'reauth' });
    const made = [await here.schedule(), await here.schedule(), await here.schedule()];
    await here.turn();
    for (const m of made) expect((await here.state(m.id)).state).toBe('failed');
    const open = await db.asWorkspace(here.world.workspaceId, (tx) => tx.select().from(alerts));
    expect(open).toHaveLength(2);
    expect(open.filter((a) => a.href === '/connections')).toHaveLength(1);
    expect(made.map((m) => `/posts/${m.postId}`)).toContain(
      open.find((a) => a.href !== '/connections')?.href,
    );
  });

  test('a post whose response was lost is found on the platform', async () => {
    here.platform.script.push({ after: 'unknown_outcome' });
    const publication = await here.schedule();
    await here.turn();
    expect(await here.state(publication.id)).toMatchObject({ state: 'published', attempts: 2 });
    expect(here.platform.posts).toHaveLength(1);
  });

  test('a lost request is sent again only when it can no longer arrive', async () => {
    here.platform.script.push({ before: 'unknown_outcome' });
    const publication = await here.schedule();
    await here.turn();
    expect((await here.state(publication.id)).state).toBe('publishing');
    here.world.clock.advance(20_000);
    await here.turn();
    expect(here.platform.posts).toHaveLength(0);
    await here.turns(4, 30_000);
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
  });

  test('a user is asked when look-ups stay inconclusive, and nothing is sent on a guess', async () => {
    here.platform.script.push({ after: 'unknown_outcome' });
    here.platform.lookupScript = Array.from({ length: 30 }, () => 'unclear' as const);
    const publication = await here.schedule();
    await here.turns(30);
    const unknown = await here.state(publication.id);
    expect(unknown.state).toBe('unknown');
    expect(here.platform.posts).toHaveLength(1);
    const todo = await listTodo(here.world.ctx);
    expect(todo.actions).toHaveLength(1);
    expect(todo.count).toBe(1);
    await completeAsShown(here.world.ctx, { id: todo.actions[0]?.id ?? '', answer: 'there' });
    expect(await here.state(publication.id)).toMatchObject({
      state: 'published',
      permalink: null,
    });
    expect((await listTodo(here.world.ctx)).count).toBe(0);
    expect(here.platform.posts).toHaveLength(1);
  });

  test('without look-up a user is asked immediately, and "not there" sends the post again', async () => {
    here.platform.looksUp = false;
    here.platform.script.push({ before: 'unknown_outcome' });
    const publication = await here.schedule();
    await here.turn();
    const unknown = await here.state(publication.id);
    expect(unknown.state).toBe('unknown');
    await expect(
      resolveUnknown(here.world.ctx, { id: publication.id, version: 99, answer: 'there' }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await resolveUnknown(here.world.ctx, {
      id: publication.id,
      version: unknown.version,
      answer: 'not_there',
    });
    expect(
      await db.asWorkspace(here.world.workspaceId, (tx) =>
        tx.select().from(actions).where(eq(actions.state, 'open')),
      ),
    ).toEqual([]);
    await here.turn();
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);
  });

  test('a platform that recognizes keys gets the post again under the same key, and a user is asked only if that does not help', async () => {
    here.platform.looksUp = false;
    here.platform.keyMs = 24 * 3_600_000;
    here.platform.script.push({ before: 'unknown_outcome' });
    const publication = await here.schedule();
    await here.turn();
    expect(await here.state(publication.id)).toMatchObject({ state: 'scheduled', attempts: 2 });
    await here.turns(2, 15_000);
    expect((await here.state(publication.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(1);

    for (let i = 0; i < 8; i++) here.platform.script.push({ before: 'unknown_outcome' });
    const never = await here.schedule('Never');
    await here.turns(10, 200_000);
    expect(await here.state(never.id)).toMatchObject({ state: 'unknown' });
    expect(here.platform.script).toHaveLength(3);
    expect((await listTodo(here.world.ctx)).actions).toHaveLength(1);
  });

  test('a key that the platform may have forgotten is not reused', async () => {
    here.platform.looksUp = false;
    here.platform.keyMs = 3_600_000;
    for (const [minutes, state] of [
      [39, 'published'],
      [41, 'unknown'],
    ] as const) {
      here.platform.script.push({ after: 'unknown_outcome' });
      const publication = await here.schedule();
      await here.turn();
      expect((await here.state(publication.id)).state).toBe('scheduled');
      here.world.clock.advance(minutes * 60_000);
      // Otherwise it would be late.
      await db.asSystem((tx) =>
        tx
          .update(publications)
          .set({ dueAt: here.world.clock.now() })
          .where(eq(publications.id, publication.id)),
      );
      await here.turns(2, 15_000);
      expect((await here.state(publication.id)).state).toBe(state);
    }
    expect(here.platform.posts).toHaveLength(2);
  });

  test('two equal posts whose responses were lost stay two posts', async () => {
    here.platform.script.push({ after: 'unknown_outcome' }, { before: 'unknown_outcome' });
    const made = [await here.schedule('the same'), await here.schedule('the same')];
    await here.turns(6);
    for (const m of made) expect((await here.state(m.id)).state).toBe('published');
    expect(here.platform.posts).toHaveLength(2);
    expect(new Set((await Promise.all(made.map((m) => here.state(m.id)))).map((s) => s.permalink)).size).toBe(
      2,
    );
  });
});
