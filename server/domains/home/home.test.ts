import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { actions, alerts, approvals, connections, posts, publications, variants } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { createWorld, type World } from '@/tests/support/world';
import { recordActivity } from '../activity/record-activity';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import { feePostings, refundPostings, salePostings } from '../ledger/postings';
import { makeShop } from '../sales/testing';
import { overview, shell } from './queries';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const book = (ctx: Ctx, transactions: Pick<NewTransaction, 'kind' | 'occurredAt' | 'postings'>[]) =>
  ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    postTransactions(
      tx,
      ctx,
      transactions.map((transaction) => {
        const id = newId('event');
        return { ...transaction, key: id, description: plain(id), source: { type: 'sale', id } };
      }),
    ),
  );

async function schedule(
  world: World,
  connectionId: string,
  at: string,
  state: 'scheduled' | 'published' = 'scheduled',
  text = 'words',
) {
  const { ctx, workspaceId } = world;
  const [postId, variantId, id] = [newId('post'), newId('variant'), newId('publication')];
  await db.asWorkspace(workspaceId, async (tx) => {
    await tx.insert(posts).values({ id: postId, workspaceId, title: `Post for ${at}`, createdBy: 'user:x' });
    await tx.insert(variants).values({ id: variantId, workspaceId, postId, platform: 'x', text: 'words' });
    await tx.insert(publications).values({
      id,
      workspaceId,
      postId,
      variantId,
      connectionId,
      text,
      dueAt: new Date(at),
      localTime: at.slice(0, 16),
      timeZone: 'UTC',
      state,
      marker: id,
      requestKey: id,
      createdBy: `user:${world.userId}`,
      createdAt: ctx.clock.now(),
    });
  });
  return id;
}

async function connect(
  world: World,
  status: 'active' | 'needs_reconnect' | 'disconnected',
  environment: 'live' | 'sandbox',
) {
  const id = newId('connection');
  await db.asWorkspace(world.workspaceId, (tx) =>
    tx.insert(connections).values({
      id,
      workspaceId: world.workspaceId,
      platform: 'x',
      environment,
      status,
      remoteId: id,
      remoteName: `@${id}`,
    }),
  );
  return id;
}

async function ask(world: World, deadlineAt: string, state: 'open' | 'kept' | 'approved' = 'open') {
  const id = newId('approval');
  await db.asWorkspace(world.workspaceId, (tx) =>
    tx.insert(approvals).values({
      id,
      workspaceId: world.workspaceId,
      subjectType: 'post',
      subjectId: 'pst_1',
      title: id,
      policy: 'keep',
      state,
      deadlineAt: new Date(deadlineAt),
    }),
  );
  return id;
}

async function task(world: World, deadlineAt: string | null, state: 'open' | 'done' = 'open') {
  const id = newId('action');
  await db.asWorkspace(world.workspaceId, (tx) =>
    tx.insert(actions).values({
      id,
      workspaceId: world.workspaceId,
      kind: 'publication_unknown',
      subjectType: 'publication',
      subjectId: id,
      title: plain(id),
      prompt: plain('Look.'),
      state,
      deadlineAt: deadlineAt ? new Date(deadlineAt) : null,
    }),
  );
  return id;
}

describe('overview', () => {
  it('is empty, not broken, in a new workspace', async () => {
    const { ctx } = await createWorld(db);
    const home = await overview(ctx);
    expect(home).toMatchObject({
      money: { totals: [], hasProducts: false },
      waiting: { count: 0, items: [] },
      next: { count: 0, items: [] },
      activity: [],
      connections: [],
      alerts: { count: 0, items: [] },
    });
  });

  it("sums the month in the workspace's time zone, separately for each currency", async () => {
    // In Kathmandu, March begins on 28 February at 18:15 UTC.
    const { ctx, connectionId } = await makeShop(db, { timeZone: 'Asia/Kathmandu' });
    const usd = (amount: number) => ({ amount, currency: 'USD' });
    const sale = (at: string, value: { amount: number; currency: string }) => ({
      kind: 'sale' as const,
      occurredAt: new Date(at),
      postings: salePostings(connectionId, value),
    });
    await book(ctx, [
      sale('2026-02-28T18:14:59Z', usd(70_000)),
      sale('2026-02-28T18:15:00Z', usd(1_000)),
      sale('2026-03-02T09:00:00Z', usd(500)),
      sale('2026-03-02T09:00:00Z', { amount: 300, currency: 'JPY' }),
      {
        kind: 'fee',
        occurredAt: new Date('2026-03-02T09:00:00Z'),
        postings: feePostings(connectionId, usd(120)),
      },
      {
        kind: 'refund',
        occurredAt: new Date('2026-03-02T09:30:00Z'),
        postings: refundPostings(connectionId, usd(500)),
      },
    ]);
    const { money } = await overview(ctx);
    expect(money.month).toBe('2026-03');
    expect(money.hasProducts).toBe(true);
    expect(money.totals).toEqual([
      { currency: 'USD', gross: 1_500, refunds: 500, fees: 120, costs: 0, net: 880 },
      { currency: 'JPY', gross: 300, refunds: 0, fees: 0, costs: 0, net: 300 },
    ]);
  });

  it('lists the most pressing tasks first and counts the rest', async () => {
    const world = await createWorld(db);
    const late = await ask(world, '2026-03-05T10:00:00Z');
    const soon = await task(world, '2026-03-02T11:00:00Z');
    const middle = await ask(world, '2026-03-03T10:00:00Z');
    const kept = await ask(world, '2026-03-01T10:00:00Z', 'kept');
    const never = await task(world, null);
    await ask(world, '2026-03-02T10:30:00Z', 'approved');
    await task(world, '2026-03-02T10:30:00Z', 'done');
    const first = await overview(world.ctx);
    expect(first.waiting.items.map((item) => item.id)).toEqual([soon, middle, late, kept, never]);
    expect(first.waiting.items[3]).toMatchObject({ kind: 'approval', deadlineAt: null });
    await task(world, '2026-03-02T10:45:00Z');
    const second = await overview(world.ctx);
    expect(second.waiting.count).toBe(6);
    expect(second.waiting.items).toHaveLength(5);
    expect((await shell(world.ctx)).todoCount).toBe(6);
  });

  it('lists upcoming publications in order, without those already published', async () => {
    const world = await createWorld(db);
    const connection = await connect(world, 'active', 'sandbox');
    await schedule(world, connection, '2026-03-01T08:00:00Z', 'published');
    const second = await schedule(world, connection, '2026-03-04T08:00:00Z');
    const first = await schedule(world, connection, '2026-03-03T08:00:00Z');
    await db.asWorkspace(world.workspaceId, (tx) =>
      tx.update(publications).set({ kind: 'repost', followsId: first }).where(eq(publications.id, second)),
    );
    const { next } = await overview(world.ctx);
    expect(next.count).toBe(2);
    // A repost is distinguishable from a post that is published a second time.
    expect(next.items.map(({ kind, followsId }) => [kind, followsId])).toEqual([
      ['post', null],
      ['repost', first],
    ]);
    expect(next.items.map((item) => item.id)).toEqual([first, second]);
    expect(next.items[0]).toMatchObject({ title: 'Post for 2026-03-03T08:00:00Z', platform: 'x' });
  });

  it('cuts a long text between two characters', async () => {
    const world = await createWorld(db);
    const account = await connect(world, 'active', 'sandbox');
    const family = '👩‍👩‍👧‍👦';
    const texts = [`${'a'.repeat(195)}${family}!`, `${'a'.repeat(199)}e\u0301!`, family.repeat(40)];
    for (const [hour, text] of texts.entries())
      await schedule(world, account, `2026-03-03T0${hour}:00:00Z`, 'scheduled', text);
    const { next } = await overview(world.ctx);
    expect(next.items.map((item) => item.text)).toEqual([
      'a'.repeat(195),
      'a'.repeat(199),
      family.repeat(18),
    ]);
  });

  it('puts broken connections and serious alerts first', async () => {
    const world = await createWorld(db);
    await connect(world, 'active', 'live');
    const broken = await connect(world, 'needs_reconnect', 'sandbox');
    const alert = (severity: 'info' | 'serious', resolved = false) => ({
      id: newId('alert'),
      workspaceId: world.workspaceId,
      key: newId('event'),
      severity,
      title: plain(severity),
      body: plain('Words.'),
      resolved,
    });
    await db.asWorkspace(world.workspaceId, async (tx) => {
      await tx.insert(alerts).values([alert('info'), alert('serious'), alert('serious', true)]);
      await recordActivity(tx, world.ctx, {
        verb: 'post.created',
        subjectType: 'post',
        subjectId: 'pst_1',
        summary: plain('Wrote a post'),
      });
    });
    const home = await overview(world.ctx);
    expect(home.connections[0]?.id).toBe(broken);
    expect(home.alerts.count).toBe(2);
    expect(home.alerts.items.map((item) => item.severity)).toEqual(['serious', 'info']);
    expect(home.activity.map((entry) => entry.summary)).toEqual(['Wrote a post']);
  });

  it('shows nothing from another workspace', async () => {
    const [mine, other] = [await createWorld(db), await createWorld(db)];
    await task(other, null);
    await ask(other, '2026-03-03T10:00:00Z');
    await schedule(other, await connect(other, 'active', 'live'), '2026-03-03T08:00:00Z');
    const home = await overview(mine.ctx);
    expect([home.waiting.count, home.next.count, home.connections.length]).toEqual([0, 0, 0]);
    expect((await shell(mine.ctx)).todoCount).toBe(0);
  });
});

describe('shell', () => {
  it('counts connections in use by environment', async () => {
    const world = await createWorld(db, { plan: 'pro', name: 'Paper River' });
    await connect(world, 'active', 'sandbox');
    await connect(world, 'needs_reconnect', 'sandbox');
    await connect(world, 'active', 'live');
    await connect(world, 'disconnected', 'live');
    expect(await shell(world.ctx)).toMatchObject({
      workspaceName: 'Paper River',
      plan: 'pro',
      onboardingStep: 'done',
      sandboxConnections: 2,
      hold: null,
      liveConnections: 1,
    });
  });
});
