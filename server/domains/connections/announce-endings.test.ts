import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alerts, emails, grants, members, posts, publications, users, variants } from '@/db/schema';
import { sealTokens } from '@/server/connectors/host/tokens';
import { asWorkspaceId, newId } from '@/server/foundation/ids';
import type { World } from '@/tests/support/world';
import { endingAlertKey } from './alert-keys';
import { announceEndings } from './announce-endings';
import { disconnect } from './disconnect';
import { listConnections } from './queries';
import { storeSignIn } from './store-sign-in';
import { type Bench, connectionsBench } from './test-bench';

const DAY_MS = 24 * 3_600_000;
let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench();
});
afterAll(() => bench.close());

const run = (w: World) =>
  announceEndings({
    db: bench.db,
    clock: w.clock,
    ctxOf: async (workspaceId) => ({ ...w.ctx, workspaceId: asWorkspaceId(workspaceId) }),
  });
const inDays = (w: World, days: number) => new Date(w.clock.now().getTime() + days * DAY_MS);

/** Signs in to two accounts, with a token that ends and, with `refreshToken`, can be renewed. */
async function signIn(w: World, ends: Date, refreshToken: string | null = null): Promise<string[]> {
  const { connectionIds } = await bench.db.asWorkspace(w.workspaceId, async (tx) => {
    const from = {
      platform: 'x',
      environment: 'sandbox' as const,
      server: '',
      userId: w.userId,
      connectionId: null,
      requested: [],
    };
    const tokens = {
      accessToken: `t${ends.getTime()}`,
      refreshToken,
      accessExpiresAt: ends,
      refreshExpiresAt: null,
      scopes: [],
    };
    const one = (remoteId: string) => [{ remoteId, remote: {}, name: `Account ${remoteId}`, url: null }];
    const stored = [];
    for (const id of ['1', '2'])
      stored.push((await storeSignIn(tx, w.ctx, from, one(id), { tokens, grantedBy: 'mira' })).connectionIds);
    return { connectionIds: stored.flat() };
  });
  return connectionIds;
}

/** A post that is due on some accounts at a time. */
async function due(w: World, connectionIds: readonly string[], dueAt: Date): Promise<void> {
  const [postId, variantId] = [newId('post'), newId('variant')];
  await bench.db.asSystem(async (tx) => {
    const { workspaceId } = w;
    await tx.insert(posts).values({ id: postId, workspaceId, title: 'A post', createdBy: 'system:test' });
    await tx.insert(variants).values({ id: variantId, workspaceId, postId, platform: 'x', text: 'A post' });
    await tx.insert(publications).values(
      connectionIds.map((connectionId) => {
        const id = newId('publication');
        return {
          id,
          workspaceId,
          postId,
          variantId,
          connectionId,
          text: 'A post',
          dueAt,
          localTime: '2026-03-02T11:00',
          timeZone: 'Europe/Berlin',
          state: 'scheduled' as const,
          marker: id,
          requestKey: id,
          createdBy: 'system:test',
        };
      }),
    );
  });
}
const alertsOf = (w: World) =>
  bench.db.asSystem((tx) =>
    tx.select().from(alerts).where(eq(alerts.workspaceId, w.workspaceId)).orderBy(alerts.createdAt),
  );
const mailsOf = async (grantId: string) =>
  (await bench.db.asSystem((tx) => tx.select().from(emails)))
    .filter(({ key }) => key.startsWith(`connection-ending:${grantId}:`))
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());

it('announces each end four times, with the posts after it, and once each', async () => {
  const w = await bench.another();
  const ends = inDays(w, 20);
  const [one = '', two = ''] = await signIn(w, ends);
  const { id: grantId } = await bench.grant(one);
  await due(w, [one, two], inDays(w, 21));
  await due(w, [two], ends);
  await due(w, [one], inDays(w, 19));
  const viewer = newId('user');
  await bench.db.asSystem(async (tx) => {
    await tx.insert(users).values({
      id: viewer,
      email: `${viewer}@example.com`,
      name: 'A viewer',
      passwordHash: 'x',
      termsAcceptedAt: w.clock.now(),
    });
    await tx.insert(members).values({ workspaceId: w.workspaceId, userId: viewer, role: 'viewer' });
  });

  for (let hour = 0; hour < 20 * 24; hour += 8) {
    await run(w);
    if (hour % 24 === 0) await Promise.all([run(w), run(w)]);
    w.clock.advance(8 * 3_600_000);
  }
  const said = await alertsOf(w);
  expect(said.map(({ key, resolved, severity }) => [key, resolved, severity])).toEqual([
    [endingAlertKey(grantId), true, 'warning'],
    [endingAlertKey(grantId), true, 'warning'],
    [endingAlertKey(grantId), true, 'serious'],
    [endingAlertKey(grantId), false, 'serious'],
  ]);
  expect(said[3]).toMatchObject({
    title: { params: { account: 'Account 1', others: 1 } },
    body: { params: { posts: 2 } },
  });
  const mails = await mailsOf(grantId);
  expect(mails.map(({ toAddress, key }) => [toAddress, key.split(':').at(-2)])).toEqual([
    [w.email, '14'],
    [w.email, '7'],
    [w.email, '3'],
    [w.email, '1'],
  ]);
  expect(mails[0]?.props).toMatchObject({ posts: 2, others: 1, ends: { instant: ends.toISOString() } });
  const listed = await listConnections(w.ctx);
  expect(listed.map(({ endsAt, postsAfterEnd, lapsesAt }) => [endsAt, postsAfterEnd, lapsesAt])).toEqual([
    [ends, 1, null],
    [ends, 2, null],
  ]);
  await disconnect(w.ctx, { id: one });
  await disconnect(w.ctx, { id: two });
});

it('a new sign-in takes the notice back and starts anew', async () => {
  const w = await bench.another();
  const [one = '', two = ''] = await signIn(w, inDays(w, 2));
  const { id: grantId } = await bench.grant(one);
  expect(await run(w)).toBe(1);
  expect((await alertsOf(w)).filter(({ resolved }) => !resolved)).toHaveLength(1);
  await signIn(w, inDays(w, 60));
  expect((await bench.grant(one)).id).toBe(grantId);
  expect((await alertsOf(w)).filter(({ resolved }) => !resolved)).toEqual([]);
  expect(await run(w)).toBe(0);
  w.clock.advance(50 * DAY_MS);
  expect(await run(w)).toBe(1);
  expect(await mailsOf(grantId)).toHaveLength(2);
  await disconnect(w.ctx, { id: one });
  expect((await alertsOf(w)).filter(({ resolved }) => !resolved)).toHaveLength(1);
  await disconnect(w.ctx, { id: two });
  expect((await alertsOf(w)).filter(({ resolved }) => !resolved)).toEqual([]);
});

it('says nothing of a token that is renewed, also if that was never stored', async () => {
  const w = await bench.another();
  const [one = '', two = ''] = await signIn(w, inDays(w, 1), 'r');
  expect(await run(w)).toBe(0);
  const { id } = await bench.grant(one);
  const forget = (refreshToken: string | null) =>
    bench.db.asSystem((tx) =>
      tx
        .update(grants)
        .set({ renewable: null, credentials: sealTokens(`grant:${id}`, { accessToken: 'a', refreshToken }) })
        .where(eq(grants.id, id)),
    );
  await forget('r');
  expect(await run(w)).toBe(0);
  expect((await bench.grant(one)).renewable).toBe(true);
  await forget(null);
  expect(await run(w)).toBe(1);
  // It turned out to live longer.
  await bench.db.asSystem((tx) =>
    tx
      .update(grants)
      .set({ accessExpiresAt: inDays(w, 90) })
      .where(eq(grants.id, id)),
  );
  expect(await run(w)).toBe(0);
  expect((await alertsOf(w)).filter(({ resolved }) => !resolved)).toEqual([]);
  expect((await bench.grant(two)).endingNotice).toBeNull();
});
