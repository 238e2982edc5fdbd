import { eq } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { users, workspaces } from '@/db/schema';
import { signIn } from '@/server/domains/accounts/sign-in';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import { getOnboarding } from '@/server/domains/onboarding/queries';
import { automationInput } from '@/server/domains/onboarding/schemas';
import { ManualClock } from '@/server/foundation/clock';
import { memberActor } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { RecordedEvents } from '@/tests/support/world';
import { DEMO } from './demo-account';
import { seedDemo } from './index';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});
const clock = new ManualClock('2026-03-02T10:00:00Z');

it('creates one demo workspace, however many processes start and how often', async () => {
  const both = await Promise.all([seedDemo(db, clock), seedDemo(db, clock)]);
  expect(both.map((w) => w?.fresh).sort()).toEqual([false, true]);
  const third = await seedDemo(db, clock);
  expect(third).toEqual({ workspaceId: both[0]?.workspaceId, userId: both[0]?.userId, fresh: false });
  const demos = await db.asSystem((tx) => tx.select().from(workspaces).where(eq(workspaces.isDemo, true)));
  expect(demos).toHaveLength(1);
  expect(demos[0]).toMatchObject({ plan: 'pro', onboardingStep: 'done', timeZone: 'Europe/Berlin' });
});

it('can be signed in to, and has settings that the form accepts', async () => {
  const world = await seedDemo(db, clock);
  if (!world) throw new Error('no demo');
  const client = { ip: '192.0.2.1', userAgent: null };
  const session = await signIn({ db, clock, events: new RecordedEvents(), client }, DEMO);
  expect(session).toMatchObject({ kind: 'open', userId: world.userId });
  const setup = await getOnboarding({
    db,
    clock,
    events: new RecordedEvents(),
    platforms: connectorPlatforms,
    workspaceId: world.workspaceId,
    actor: memberActor({ userId: world.userId, name: DEMO.name, role: 'owner' }),
  });
  expect(setup.topics).toEqual(['memes', 'tech']);
  expect(automationInput.safeParse(setup.automation).success).toBe(true);
});

it('leaves an existing account with its address alone', async () => {
  const other = await freshDb();
  await other.asSystem((tx) =>
    tx.insert(users).values({
      id: 'usr_1',
      email: DEMO.email,
      name: 'X',
      passwordHash: 'none',
      termsAcceptedAt: clock.now(),
    }),
  );
  expect(await seedDemo(other, clock)).toBeNull();
  await other.close();
});
