import type { Db } from '@/db/client';
import { publications } from '@/db/schema';
import { claimDue, releaseClaims } from '@/server/domains/publishing/claim-due';
import { lookUpPublication } from '@/server/domains/publishing/look-up-publication';
import { publishDue } from '@/server/domains/publishing/publish-due';
import { getPublication } from '@/server/domains/publishing/queries';
import { recoverStuck } from '@/server/domains/publishing/recover-stuck';
import { schedulePublications } from '@/server/domains/publishing/schedule-publications';
import type { Publication } from '@/server/domains/publishing/schemas';
import {
  addConnection,
  FakePlatform,
  gated,
  setReview,
  writePost,
} from '@/server/domains/publishing/testing';
import { asWorkspaceId } from '@/server/foundation/ids';
import { createWorld, type World } from './world';

/** A workspace with one account on a platform in memory, and the background work that publishes to it, for tests. */
export class Publisher {
  #keys = 0;
  private constructor(
    readonly db: Db,
    readonly world: World,
    readonly platform: FakePlatform,
    readonly connectionId: string,
  ) {}

  /** What an earlier test left in the database does not come along: the sweep looks across workspaces. */
  static async open(db: Db): Promise<Publisher> {
    await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
    const world = await createWorld(db, { plan: 'agency', timeZone: 'Europe/Berlin' });
    await setReview(db, world.ctx, 'post_at_once');
    return new Publisher(db, world, new FakePlatform(), await addConnection(db, world.ctx));
  }

  /** Schedules a post, now or at a local time. */
  async schedule(text?: string, local?: string): Promise<Publication> {
    const post = await writePost(this.world.ctx, text ?? `Post ${++this.#keys}`);
    const [made] = await schedulePublications({
      ctx: this.world.ctx,
      platform: this.platform,
      input: {
        postId: post.id,
        version: 1,
        targets: [{ connectionId: this.connectionId }],
        when: local ? { kind: 'at', local } : { kind: 'now' },
        requestKey: `key-${++this.#keys}-000`,
      },
    });
    if (!made) throw new Error('nothing was scheduled');
    return made;
  }

  state(id: string) {
    return getPublication({ ctx: this.world.ctx, input: { id } });
  }

  /** One turn of the background work: sweep, publish what is due, recover and look up. */
  async turn(): Promise<void> {
    const { db, platform, world } = this;
    const { clock, ctx } = world;
    const claims = await claimDue({ db, clock });
    const due = claims.filter((claim) => new Date(claim.dueAt) <= clock.now());
    for (const { workspaceId, connectionId } of due)
      await publishDue({
        ctx: { ...ctx, workspaceId: asWorkspaceId(workspaceId) },
        input: { connectionId },
        platform,
      }).catch(() => {});
    await releaseClaims({ db, clock, claims: claims.filter((claim) => !due.includes(claim)) });
    const { lookUps } = await recoverStuck({ db, clock });
    for (const claim of lookUps) await lookUpPublication({ ctx, input: claim, platform });
  }
  async turns(n: number, stepMs = 60_000): Promise<void> {
    for (let i = 0; i < n; i++) {
      await this.turn();
      this.world.clock.advance(stepMs);
    }
  }

  /** The database of a process that ends at its `after`th use of it. */
  dyingDb(after: number): Db {
    let used = 0;
    return gated(this.db, () => {
      if (++used > after) throw new Error('the process ended');
    });
  }
}
