import { eq } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { type FollowUpRule, publicationResults, publications } from '@/db/schema';
import type { Capabilities, Capability } from '@/server/connectors/kit/types';
import { ConnectorFault, type Engagement, type FaultKind } from '@/server/connectors/kit/types';
import { type PlatformTraits, platformTraits } from '@/server/connectors/platform-traits';
import { newId } from '@/server/foundation/ids';
import { localTimeOf } from '@/server/foundation/local-time';
import type { Ctx } from '@/server/verbs/context';
import type { PlatformCall, Platforms } from '@/server/verbs/platforms';
import { plain } from '@/tests/support/plain';
import { writePost } from '../publisher/testing';

/** An in-memory platform that returns the results set by a test. */
export class FakeResults implements Platforms {
  readonly told = new Map<string, Partial<Engagement>>();
  readonly calls: string[][] = [];
  size = 100;
  fault: { kind: FaultKind; retryAfter?: number } | null = null;
  /** Runs while the platform is being called. */
  meanwhile: (() => Promise<void>) | undefined;

  ids = (): readonly string[] => ['x', 'facebook'];
  traits(platform: string): PlatformTraits | null {
    const traits = platformTraits(platform);
    return traits && { ...traits, name: platform.toUpperCase(), resultsBatch: this.size };
  }
  async call<C extends Capability>(request: PlatformCall<C>): Promise<Capabilities[C]['output']> {
    const { remoteIds } = request.input as Capabilities['engagement']['input'];
    return (await this.read({ remoteIds })) as Capabilities[C]['output'];
  }
  async read({ remoteIds }: { remoteIds: readonly string[] }): Promise<Engagement[]> {
    this.calls.push([...remoteIds]);
    await this.meanwhile?.();
    if (this.fault)
      throw new ConnectorFault(this.fault.kind, plain(`The platform said ${this.fault.kind}.`), {
        ...(this.fault.retryAfter ? { retryAfter: this.fault.retryAfter } : {}),
      });
    return remoteIds.flatMap((remoteId) => {
      const told = this.told.get(remoteId);
      return told
        ? [{ remoteId, gone: false, likes: null, replies: null, reposts: null, views: null, ...told }]
        : [];
    });
  }
}

/** A rule for tests: a repost at ten likes within a day. */
export const rule = (change: Partial<FollowUpRule> = {}): FollowUpRule => ({
  measure: 'likes',
  atLeast: 10,
  withinHours: 24,
  action: 'repost',
  text: '',
  wait: { kind: 'none' },
  activeHours: false,
  ...change,
});

/** Creates a publication that was just published. Its remote id is `r-` and its number. */
export async function publishedPost(
  db: Db,
  ctx: Ctx,
  connectionId: string,
  options: { platform?: string; followUpRule?: FollowUpRule | null; remoteId?: string; text?: string } = {},
): Promise<{ id: string; remoteId: string }> {
  const { platform = 'x', followUpRule = null, text = `Hello ${newId('event').slice(-6)}` } = options;
  const post = await writePost(ctx, text, [platform]);
  const id = newId('publication');
  const remoteId = options.remoteId ?? `r-${id.slice(-6)}`;
  const now = ctx.clock.now();
  await db.asSystem((tx) =>
    tx.insert(publications).values({
      id,
      workspaceId: ctx.workspaceId,
      postId: post.id,
      variantId: post.variants[0]?.id ?? '',
      connectionId,
      text,
      dueAt: now,
      localTime: localTimeOf(now, 'Europe/Berlin'),
      timeZone: 'Europe/Berlin',
      state: 'published',
      publishedAt: now,
      remoteId,
      permalink: `https://example.test/${remoteId}`,
      marker: id,
      requestKey: id,
      followUpRule,
      createdBy: 'user:test',
      updatedAt: now,
    }),
  );
  return { id, remoteId };
}

/** Returns the results row of a publication. */
export async function resultsOf(db: Db, id: string): Promise<typeof publicationResults.$inferSelect> {
  const [row] = await db.asSystem((tx) =>
    tx.select().from(publicationResults).where(eq(publicationResults.publicationId, id)),
  );
  if (!row) throw new Error('The publication has no results row');
  return row;
}
