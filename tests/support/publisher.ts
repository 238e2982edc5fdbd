import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Db } from '@/db/client';
import { type Part, publications } from '@/db/schema';
import { claimDue, releaseClaims } from '@/server/domains/due/claim-due';
import { schedulePublications } from '@/server/domains/planning/schedule-publications';
import { createPost } from '@/server/domains/posts/create-post';
import type { Post } from '@/server/domains/posts/schemas';
import { getPublication } from '@/server/domains/publications/queries';
import type { Publication } from '@/server/domains/publications/schemas';
import { lookUpPublication } from '@/server/domains/publisher/look-up-publication';
import { publishDue } from '@/server/domains/publisher/publish-due';
import { recoverStuck } from '@/server/domains/publisher/recover-stuck';
import { addConnection, FakePlatform, gated, setReview, writePost } from '@/server/domains/publisher/testing';
import { asWorkspaceId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { freshDb } from './db';
import { createWorld, type World, type WorldOptions } from './world';

const ZONE = 'Europe/Berlin';

/** Result of `publishDue` when there is nothing to do. */
export const NOTHING = { published: 0, failed: 0, until: null, unsettled: false };

let keys = 0;
/** Schedules version 1 of a post on an account, now or at a local time of the workspace. */
export async function schedulePost(
  { ctx, platform }: { ctx: Ctx; platform?: Platforms },
  { post, on, at }: { post: Pick<Post, 'id'>; on: string; at?: string | undefined },
): Promise<Publication> {
  const [made] = await schedulePublications(platform ? { ...ctx, platforms: platform } : ctx, {
    postId: post.id,
    version: 1,
    targets: [{ connectionId: on }],
    when: at ? { kind: 'at', local: at } : { kind: 'now' },
    requestKey: `press-${++keys}-000`,
  });
  if (!made) throw new Error('nothing was scheduled');
  return made;
}

/** Creates one database for the tests of a file, and a new publisher for each test. */
export function eachTestPublishes(give: (here: Publisher) => void): void {
  let db: Db;
  beforeAll(async () => {
    db = await freshDb();
  });
  afterAll(() => db.close());
  beforeEach(async () => {
    // Cancels what an earlier test left behind, because the sweep covers all workspaces.
    await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
    give(await Publisher.open(db));
  });
}

/** A workspace with one account on an in-memory platform, and the background work that publishes to it, for tests. */
export class Publisher {
  private constructor(
    readonly db: Db,
    readonly world: World,
    readonly platform: FakePlatform,
    readonly connectionId: string,
  ) {}

  static async open(db: Db, options: Pick<WorldOptions, 'plan' | 'clock'> = {}): Promise<Publisher> {
    const world = await createWorld(db, { plan: 'agency', timeZone: ZONE, ...options });
    await setReview(db, world.ctx, 'post_at_once');
    return new Publisher(db, world, new FakePlatform(), await addConnection(db, world.ctx));
  }

  /** Schedules a post, now or at a local time, by default on the account of this publisher. */
  async schedule(
    text = `Post ${++keys}`,
    at?: string,
    on = this.connectionId,
    ctx = this.world.ctx,
  ): Promise<Publication> {
    return schedulePost({ ...this.#port(), ctx }, { post: await writePost(ctx, text), on, at });
  }

  /** Schedules a post `minutes` from now. */
  scheduleIn(minutes: number, on?: string, ctx?: Ctx): Promise<Publication> {
    const at = new Date(this.world.clock.now().getTime() + minutes * 60_000);
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: ZONE,
      dateStyle: 'short',
      timeStyle: 'short',
    });
    return this.schedule(undefined, minutes === 0 ? undefined : format.format(at).replace(' ', 'T'), on, ctx);
  }

  /** Schedules a thread, now or at a local time. */
  async scheduleThread(text: string, parts: Part[], at?: string): Promise<Publication> {
    const post = await createPost(this.world.ctx, {
      title: text,
      variants: [{ platform: 'x', text, parts }],
    });
    return schedulePost(this.#port(), { post, on: this.connectionId, at });
  }
  #port() {
    return { ctx: this.world.ctx, platform: this.platform };
  }

  state(id: string) {
    return getPublication(this.world.ctx, { id });
  }

  /** Runs one round of the background work: sweep, publish due posts, recover and look up. Returns the claims of the sweep. */
  async turn() {
    const { db, platform, world } = this;
    const { clock, ctx } = world;
    const claims = await claimDue({ db, clock });
    const due = claims.filter((claim) => new Date(claim.dueAt) <= clock.now());
    for (const { workspaceId, connectionId } of due)
      await publishDue({
        ctx: { ...ctx, workspaceId: asWorkspaceId(workspaceId), platforms: platform },
        input: { connectionId },
      }).catch(() => {});
    await releaseClaims({ db, clock, claims: claims.filter((claim) => !due.includes(claim)) });
    const { lookUps } = await recoverStuck({ db, clock });
    for (const claim of lookUps)
      await lookUpPublication({ ctx: { ...ctx, platforms: platform }, input: claim });
    return claims;
  }
  async turns(n: number, stepMs = 60_000): Promise<void> {
    for (let i = 0; i < n; i++) {
      await this.turn();
      this.world.clock.advance(stepMs);
    }
  }

  /** Returns a slow database, which calls `pass` to advance time on its first `times` uses. */
  slowDb(pass: () => void, times: number): Db {
    let used = 0;
    return gated(this.db, () => {
      if (used++ < times) pass();
    });
  }
  /** Returns the database of a process that is killed after `after` uses of it. */
  dyingDb(after: number): Db {
    let used = 0;
    return gated(this.db, () => {
      if (++used > after) throw new Error('the process ended');
    });
  }
}
