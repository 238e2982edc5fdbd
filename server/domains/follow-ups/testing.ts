import { and, eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Db } from '@/db/client';
import { activity, alerts, type FollowUpRule, publications } from '@/db/schema';
import { type Ctx, systemActor } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { claimDue } from '../due/claim-due';
import { publishDue } from '../publisher/publish-due';
import { addConnection, FakePlatform, setReview } from '../publisher/testing';
import { followPublished } from '../results/due';
import { readResults } from '../results/read-results';
import { FakeResults, publishedPost, resultsOf } from '../results/testing';
import { type FollowUpResult, runFollowUp } from './run-follow-up';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A workspace without review, with an account on an in-memory platform that reports results. */
export class FollowUpBench {
  private constructor(
    readonly db: Db,
    readonly world: World,
    readonly connectionId: string,
  ) {}
  readonly port = new FakeResults();
  readonly platform = new FakePlatform();

  static async open(db: Db): Promise<FollowUpBench> {
    const world = await createWorld(db, { plan: 'pro' });
    const here = new FollowUpBench(db, world, await addConnection(db, world.ctx));
    await setReview(db, world.ctx, 'post_at_once');
    return here;
  }

  run(publicationId: string): Promise<FollowUpResult> {
    const ctx: Ctx = { ...this.world.ctx, actor: systemActor('follow-ups') };
    return runFollowUp({ ctx: { ...ctx, platforms: this.platform }, input: { publicationId } });
  }

  /** Returns the publications that followed a post. */
  made(id: string) {
    return this.db.asSystem((tx) =>
      tx
        .select()
        .from(publications)
        .where(eq(publications.requestKey, `follow-up:${id}`)),
    );
  }

  /** Returns the activity entries about the follow-up. */
  story(id: string) {
    return this.db.asSystem((tx) =>
      tx
        .select({ summary: activity.summary })
        .from(activity)
        .where(and(eq(activity.subjectId, id), eq(activity.verb, 'publication.followed_up'))),
    );
  }

  /** Returns the alerts about follow-ups that were not created. */
  alerts() {
    return this.db.asSystem((tx) =>
      tx
        .select({ body: alerts.body })
        .from(alerts)
        .where(and(eq(alerts.workspaceId, this.world.workspaceId), like(alerts.key, '%:follow-up'))),
    );
  }

  /** Publishes a post whose rule reaches its threshold three hours later. */
  async reached(followUpRule: FollowUpRule, on = this.connectionId, name = 'x') {
    const { db, world, port } = this;
    const post = await publishedPost(db, world.ctx, on, { followUpRule, platform: name });
    await followPublished({ db, clock: world.clock, platforms: port });
    port.told.set(post.remoteId, { likes: 57, replies: 57, reposts: 57 });
    world.clock.advance(3 * HOUR);
    await readResults({
      ctx: { ...world.ctx, platforms: port },
      input: { connectionId: on, platform: name },
    });
    expect((await resultsOf(db, post.id)).followUpState).toBe('reached');
    return post;
  }

  /** Sends the account's due publications. */
  async publish(on = this.connectionId) {
    await claimDue({ db: this.db, clock: this.world.clock });
    return publishDue({ ctx: { ...this.world.ctx, platforms: this.platform }, input: { connectionId: on } });
  }
}

/** Gives each test of a file its own workspace in a shared database. */
export function eachTestFollowsUp(give: (here: FollowUpBench) => void): void {
  let db: Db;
  beforeAll(async () => {
    db = await freshDb();
  });
  afterAll(() => db.close());
  beforeEach(async () => give(await FollowUpBench.open(db)));
}
