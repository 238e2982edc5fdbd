import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import {
  approvals,
  connections,
  ledgerTransactions,
  listings,
  posts,
  publications,
  sales,
} from '@/db/schema';
import { ManualClock } from '@/server/foundation/clock';
import { resetEnv } from '@/server/foundation/env';
import { resetSecrets } from '@/server/foundation/secrets';
import { freshDb } from '@/tests/support/db';
import { seedContent } from './content';
import { seedDemo } from './index';

let db: Db;
beforeAll(async () => {
  process.env.TRIBUTARY_SANDBOX = '1';
  resetEnv();
  resetSecrets();
  db = await freshDb();
});
afterAll(async () => {
  await db.close();
  delete process.env.TRIBUTARY_SANDBOX;
  resetEnv();
  resetSecrets();
});

it('fills the demo once, only with data that the real flow creates as well', async () => {
  const clock = new ManualClock('2026-07-10T12:00:00Z');
  const demo = await seedDemo(db, clock);
  if (!demo) throw new Error('no demo');
  const count = () =>
    db.asSystem(async (tx) => ({
      connections: await tx.$count(connections),
      listings: await tx.$count(listings),
      sales: await tx.$count(sales),
      ledger: await tx.$count(ledgerTransactions),
      posts: await tx.$count(posts),
      publications: await tx.$count(publications),
      approvals: await tx.$count(approvals),
    }));
  await seedContent(db, { ...demo, clock });
  const first = await count();
  expect(first).toMatchObject({ connections: 3, listings: 1, posts: 5, publications: 6, approvals: 1 });
  expect(first.sales).toBeGreaterThan(0);
  expect(first.ledger).toBeGreaterThanOrEqual(first.sales * 2);
  const states = await db.asSystem((tx) =>
    tx.select({ state: publications.state }).from(publications).orderBy(publications.dueAt),
  );
  expect(states.map((s) => s.state)).toEqual([
    'scheduled',
    'scheduled',
    'scheduled',
    'scheduled',
    'awaiting_approval',
    'awaiting_approval',
  ]);
  await seedContent(db, { ...demo, clock });
  expect(await count()).toEqual(first);
});
