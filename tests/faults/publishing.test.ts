import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { actions, publications, variants } from '@/db/schema';
import { setTransport } from '@/server/domains/connections/load-target';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import { claimDue, releaseClaims } from '@/server/domains/due/claim-due';
import { resolveUnknown } from '@/server/domains/publication-recovery/resolve-unknown';
import { lookUpPublication } from '@/server/domains/publisher/look-up-publication';
import { publishDue } from '@/server/domains/publisher/publish-due';
import { recoverStuck } from '@/server/domains/publisher/recover-stuck';
import { gated, setReview, writePost } from '@/server/domains/publisher/testing';
import { env } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { effects } from '@/server/sandbox/control/routes';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { seeded } from '@/server/sandbox/random';
import type { Ctx } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';

/** The embedded database takes five times as long per post and finds the same problems. */
const POSTS = process.env.TEST_DRIVER === 'pg' ? 500 : 150;
const SEED = 20260302;
const PLENTY = { limit: 1_000_000, windowSeconds: 900 };

let db: Db;
let world: World;
let sandbox: SandboxHandler;
let accounts: { platform: 'x' | 'facebook'; connectionId: string }[];

beforeAll(async () => {
  db = await freshDb();
  world = await createWorld(db, { plan: 'agency', timeZone: 'UTC' });
  await setReview(db, world.ctx, 'post_at_once');
  process.env.TRIBUTARY_SANDBOX = '1';
  sandbox = sandboxHandler({
    db,
    clock: world.clock,
    publicUrl: `${env().appUrl}/sandbox`,
    appUrl: env().appUrl,
    internalAppUrl: env().appUrl,
    limits: { 'x.createPosts': PLENTY, 'x.getUsersPosts': PLENTY },
    sleep: async () => {},
  });
  sendToHandler(sandbox);
  const x = await connectSandbox(sandbox, world.ctx, 'x', 'mira_draws');
  const facebook = await connectSandbox(sandbox, world.ctx, 'facebook', 'mira.okafor');
  accounts = [
    ...x.connectionIds.map((connectionId) => ({ platform: 'x' as const, connectionId })),
    ...facebook.connectionIds.map((connectionId) => ({ platform: 'facebook' as const, connectionId })),
  ];
}, 120_000);
afterAll(async () => {
  setTransport(undefined);
  await db.close();
});

/** Returns the ctx of a process that is killed between the attempt row and its result; it writes nothing from then on. */
function dying(ctx: Ctx): Ctx {
  let used = 0;
  return {
    ...ctx,
    db: gated(ctx.db, () => {
      if (used++ > 0) throw new Error('The process was killed');
    }),
  };
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<unknown>) {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}

test(`of ${POSTS} publications with faults, the sandbox counts no duplicate and no lost one`, async () => {
  const post = await writePost(world.ctx, 'Faults', ['x', 'facebook']);
  const [first] = accounts;
  if (!first) throw new Error('No account is connected');
  const due = world.clock.now();
  await db.asWorkspace(world.workspaceId, async (tx) => {
    const texts = await tx.select().from(variants);
    await tx.insert(publications).values(
      Array.from({ length: POSTS }, (_, i) => {
        const account = accounts[i % accounts.length] ?? first;
        const id = newId('publication');
        return {
          id,
          workspaceId: world.workspaceId,
          postId: post.id,
          variantId: texts.find((t) => t.platform === account.platform)?.id ?? '',
          connectionId: account.connectionId,
          text: `Number ${i} of ${POSTS}`,
          dueAt: due,
          localTime: '2026-03-02T10:00',
          timeZone: 'UTC',
          state: 'scheduled' as const,
          marker: id,
          requestKey: id,
          createdBy: 'user:test',
        };
      }),
    );
  });
  const strike = (
    platform: string,
    operation: string,
    kind: '500_before' | '500_after' | 'reset_after' | 'timeout_after' | '429' | 'nonsense',
    probability: number,
    seed: number,
  ) => sandbox.world.faults.add({ platform, operation, kind, probability, seed: SEED + seed, ms: 30_000 });
  for (const [platform, operation] of PUBLISHES) {
    await strike(platform, operation, '500_before', 0.06, 1);
    await strike(platform, operation, '500_after', 0.08, 2);
    await strike(platform, operation, 'reset_after', 0.08, 3);
    await strike(platform, operation, 'timeout_after', 0.06, 4);
    await strike(platform, operation, 'nonsense', 0.03, 5);
    await strike(platform, operation, '429', 0.01, 6);
  }
  await strike('x', 'getUsersPosts', '500_before', 0.1, 7);
  await strike('facebook', 'fbPosts', '500_before', 0.1, 8);

  const random = seeded(SEED);
  let crashes = 0;
  const left = async () => {
    const [row] = await db.asSystem((tx) =>
      tx
        .select({ n: sql<number>`count(*)::int` })
        .from(publications)
        .where(sql`state in ('scheduled','queued','publishing')`),
    );
    return row?.n ?? 0;
  };
  // Each account's posts are published in order, so a lane takes a round for each post whose fault ends its turn. This limit is far above
  // that.
  const settle = async () => {
    for (let round = 0; round < 2 * POSTS && (await left()) > 0; round++) {
      const claims = await claimDue({ db, clock: world.clock });
      const now = claims.filter((c) => new Date(c.dueAt) <= world.clock.now());
      await releaseClaims({ db, clock: world.clock, claims: claims.filter((c) => !now.includes(c)) });
      await inParallel(now, 16, async (input) => {
        const killed = random() < 0.08;
        if (killed) crashes++;
        const ctx = killed ? dying(world.ctx) : world.ctx;
        await publishDue({ ctx, input }).catch(() => {});
        // Events are delivered at least once.
        if (random() < 0.1) await publishDue({ ctx: world.ctx, input }).catch(() => {});
      });
      const { lookUps } = await recoverStuck({ db, clock: world.clock });
      await inParallel(lookUps, 8, (input) => lookUpPublication({ ctx: world.ctx, input }).catch(() => {}));
      world.clock.advance(30_000);
    }
  };
  await settle();

  // Look-ups fail too. If all look-ups of a publication were inconclusive, a user is asked, checks the platform and decides.
  const unresolved = await db.asSystem((tx) =>
    tx.select().from(publications).where(eq(publications.state, 'unknown')),
  );
  expect(unresolved.length, unresolved.map((p) => p.problem).join('\n')).toBeLessThanOrEqual(POSTS / 50);
  const visible = new Set((await effects(sandbox.world)).posts.map((p) => p.text));
  const open = await db.asSystem((tx) => tx.select().from(actions).where(eq(actions.state, 'open')));
  for (const { id, version, text } of unresolved) {
    expect(open.map((action) => action.subjectId)).toContain(id);
    await resolveUnknown(world.ctx, { id, version, answer: visible.has(text) ? 'there' : 'not_there' });
  }
  await settle();

  const states = await db.asSystem((tx) =>
    tx
      .select({ state: publications.state, n: sql<number>`count(*)::int` })
      .from(publications)
      .groupBy(publications.state),
  );
  const count = await effects(sandbox.world);
  const faults = await sandbox.world.faults.list();
  // Without faults the test would prove nothing.
  expect(crashes).toBeGreaterThan(POSTS / 25);
  expect(faults.reduce((sum, f) => sum + f.struck, 0)).toBeGreaterThan(POSTS / 5);
  expect(states).toEqual([{ state: 'published', n: POSTS }]);
  expect(count.duplicates).toEqual([]);
  expect(count.refusedDuplicates).toBe(0);
  const published = new Set(count.posts.filter((p) => p.text.startsWith('Number ')).map((p) => p.text));
  expect(published.size).toBe(POSTS);
  const rows = await db.asSystem((tx) => tx.select().from(publications));
  // A publication that a user confirmed has no remote id.
  const known = rows.filter((r) => r.remoteId);
  expect(known.length).toBeGreaterThanOrEqual(POSTS - unresolved.length);
  expect(new Set(known.map((r) => `${r.connectionId} ${r.remoteId}`)).size).toBe(known.length);
}, 420_000);

const PUBLISHES = [
  ['x', 'createPosts'],
  ['facebook', 'fbFeed'],
] as const;
