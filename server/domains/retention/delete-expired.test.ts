import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { activity, emails, jobRuns, systemRuns, webhookEvents } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { createWorld, type World } from '@/tests/support/world';
import { deleteExpired } from './delete-expired';

let db: Db;
let world: World;
beforeAll(async () => {
  db = await freshDb();
  world = await createWorld(db);
});
afterAll(() => db.close());

const DAY = 86_400_000;
const ago = (days: number) => new Date(world.clock.now().getTime() - days * DAY);
const run = (days: number) => ({
  id: newId('jobRun'),
  runId: newId('jobRun'),
  function: 'f',
  status: 'completed' as const,
  startedAt: ago(days),
});
const email = (days: number, status: 'queued' | 'sending' | 'sent' | 'kept' | 'failed') => ({
  id: newId('email'),
  key: `${status} ${days}`,
  toAddress: 'a@example.test',
  template: 'welcome',
  props: {},
  status,
  createdAt: ago(days),
});

const entry = (days: number) => ({
  id: newId('activity'),
  at: ago(days),
  actor: 'user:usr_1',
  verb: 'post.edited',
  subjectType: 'post',
  subjectId: 'pst_1',
  summary: plain('Edited'),
  before: { texts: { pub_1: 'what it said' } },
});

it('deletes rows past their retention, of every workspace and in as many batches as needed', async () => {
  const other = await createWorld(db, { clock: world.clock });
  await db.asSystem(async (tx) => {
    for (const { workspaceId } of [world, other])
      await tx.insert(jobRuns).values([40, 35, 31, 30.1, 29.9, 1].map((d) => ({ ...run(d), workspaceId })));
    for (const { workspaceId } of [world, other])
      await tx
        .insert(activity)
        .values([900, 400, 366, 365.1, 364.9, 0].map((d) => ({ ...entry(d), workspaceId })));
    await tx.insert(systemRuns).values([9, 8, 4, 3.1, 2.9, 0].map(run));
    await tx
      .insert(emails)
      .values([
        email(100, 'sent'),
        email(100, 'kept'),
        email(100, 'failed'),
        email(100, 'queued'),
        email(100, 'sending'),
        email(89, 'sent'),
      ]);
    await tx.insert(webhookEvents).values(
      [91, 90.1, 89, 0].map((days) => ({
        id: `stripe:evt_${days}`,
        provider: 'stripe',
        type: 'invoice.paid',
        receivedAt: ago(days),
        outcome: 'unreadable',
        body: '{"customer_email":"a@example.test"}',
      })),
    );
  });
  const keep = { runsDays: 30, emailsDays: 90, activityDays: 365 };
  expect(await deleteExpired({ db, clock: world.clock, keep, batch: 3 })).toEqual({
    runs: 8,
    systemRuns: 4,
    emails: 3,
    webhookEvents: 2,
    activity: 8,
  });
  const left = await db.asSystem(async (tx) => ({
    runs: (await tx.select().from(jobRuns)).map((r) => r.startedAt.getTime()),
    system: (await tx.select().from(systemRuns)).length,
    events: (await tx.select().from(webhookEvents)).map((e) => e.id).sort(),
    emails: (await tx.select().from(emails)).map((e) => e.key).sort(),
    activity: (await tx.select().from(activity)).map((a) => a.at.getTime()),
  }));
  expect(left.runs).toHaveLength(4);
  expect(Math.min(...left.runs)).toBeGreaterThan(ago(30).getTime());
  expect(left.system).toBe(2);
  expect(left.activity).toHaveLength(4);
  expect(Math.min(...left.activity)).toBeGreaterThan(ago(365).getTime());
  expect(left.events).toEqual(['stripe:evt_0', 'stripe:evt_89']);
  // E-mails waiting to be sent are never deleted.
  expect(left.emails).toEqual(['queued 100', 'sending 100', 'sent 89']);
  expect(await deleteExpired({ db, clock: world.clock, keep })).toEqual({
    runs: 0,
    systemRuns: 0,
    emails: 0,
    webhookEvents: 0,
    activity: 0,
  });
});
