import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Db } from '@/db/client';
import { emails, publications } from '@/db/schema';
import { claimDue } from '@/server/domains/due/claim-due';
import { publishDue } from '@/server/domains/publisher/publish-due';
import { addConnection, FakePlatform, setReview } from '@/server/domains/publisher/testing';
import { type Ctx, memberActor } from '@/server/verbs/context';
import type { Role } from '@/server/verbs/permissions';
import { freshDb } from './db';
import { addMember, createWorld, type World } from './world';

type Member = Ctx & { email: string };

/** A workspace with members of several roles, one X account and an in-memory platform. */
export interface Reviewed {
  db: Db;
  world: World;
  operator: Member;
  manager: Member;
  platform: FakePlatform;
  /** Connection id of the X account. */
  x: string;
  row(id: string): Promise<typeof publications.$inferSelect>;
  /** Runs the sweep and then publishes the lane of an account, at the clock's time. */
  goOut(on?: string): Promise<void>;
  /** Returns the texts of the published posts, in order. */
  sent(): string[];
}

/**
 * Creates one database for the tests of a file, and for each test a workspace where posts are reviewed first by default. The date is
 * Monday, 2 March 2026, in UTC.
 */
export function eachTestIsReviewed(
  give: (here: Reviewed) => void | Promise<void>,
  {
    review = 'review_first',
    time = '08:00',
  }: { review?: 'review_first' | 'post_at_once'; time?: string } = {},
): void {
  let db: Db;
  beforeAll(async () => {
    db = await freshDb();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    // Removes what an earlier test left behind, because sweeps cover all workspaces.
    await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
    await db.asSystem((tx) => tx.delete(emails));
    const world = await createWorld(db, { plan: 'agency', timeZone: 'UTC' });
    world.clock.set(`2026-03-02T${time}:00Z`);
    await setReview(db, world.ctx, review);
    const as = async (role: Role): Promise<Member> => {
      const { userId, name, email } = await addMember(world, role);
      return { ...world.ctx, actor: memberActor({ userId, name, role }), email };
    };
    const operator = await as('operator');
    const manager = await as('manager');
    const platform = new FakePlatform();
    const x = await addConnection(db, world.ctx);
    await give({
      db,
      world,
      operator,
      manager,
      platform,
      x,
      async row(id) {
        const [found] = await db.asSystem((tx) =>
          tx.select().from(publications).where(eq(publications.id, id)),
        );
        if (!found) throw new Error('No such publication');
        return found;
      },
      async goOut(on = x) {
        await claimDue({ db, clock: world.clock });
        await publishDue({ ctx: { ...world.ctx, platforms: platform }, input: { connectionId: on } });
      },
      sent: () => platform.posts.map((post) => post.text),
    });
  });
}
