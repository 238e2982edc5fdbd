import { eq } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections, postingSettings } from '@/db/schema';
import type { OptionRule } from '@/server/connectors/kit/option-rules';
import type { OptionField } from '@/server/connectors/kit/options';
import { ownOptions, ownPost } from '@/server/connectors/kit/own-limits';
import { partsOf } from '@/server/connectors/kit/parts';
import type { Capabilities, Capability, PublishInput } from '@/server/connectors/kit/types';
import {
  ConnectorFault,
  type FaultKind,
  type MediaLimits,
  type PostLimits,
} from '@/server/connectors/kit/types';
import { newId } from '@/server/foundation/ids';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { truncateText } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import type { PlatformCall, Platforms } from '@/server/verbs/platforms';
import { plain } from '@/tests/support/plain';
import { createPost } from '../posts/create-post';
import type { Post } from '../posts/schemas';

/** Adds an account to a workspace, for tests. It has no credentials, because the platform behind it is a `FakePlatform`. */
export async function addConnection(db: Db, ctx: Ctx, platform = 'x'): Promise<string> {
  const id = newId('connection');
  await db.asSystem((tx) =>
    tx.insert(connections).values({
      id,
      workspaceId: ctx.workspaceId,
      platform,
      environment: 'sandbox',
      status: 'active',
      remoteId: id,
      remoteName: `@${platform}`,
    }),
  );
  return id;
}

/** Sets whether posts are published immediately or reviewed first, and what happens at the deadline. */
export async function setReview(
  db: Db,
  ctx: Ctx,
  review: 'post_at_once' | 'review_first',
  approvalPolicy: 'approve' | 'reject' | 'keep' = 'keep',
): Promise<void> {
  await db.asSystem((tx) =>
    tx
      .update(postingSettings)
      .set({ review, approvalPolicy, approvalHours: 24 })
      .where(eq(postingSettings.workspaceId, ctx.workspaceId)),
  );
}

/** Creates a post with a text for each platform. */
export const writePost = (ctx: Ctx, text = 'Hello', platforms = ['x']): Promise<Post> =>
  createPost(ctx, {
    title: truncateText(text.trim(), 40) || 'Untitled',
    variants: platforms.map((platform) => ({ platform, text })),
  });

const FAKE_MEDIA: MediaLimits = {
  way: 'ahead',
  pictures: { most: 4, bytes: 1_000_000, mimes: ['image/png'] },
  gif: { bytes: 1_000_000, width: 1280, height: 1080 },
  video: { bytes: 1_000_000, seconds: [0.5, 140], aspect: null },
  alt: { characters: 1000, kinds: ['picture'] },
};

const FAKE_POST = {
  characters: 280,
  text: { rules: 'general', link: 'field' },
  thread: { parts: 25 },
  media: FAKE_MEDIA,
} satisfies PostLimits;

/** How a call ends: successfully, with a fault before or after the effect, or with a crash of the process. */
export type Script =
  | 'ok'
  | { before: FaultKind; retryAfter?: number }
  | { after: 'unknown_outcome' | 'crash' }
  | { before: 'crash' };

/** A platform in memory that counts effects and follows its script, one entry per call. */
export class FakePlatform implements Platforms {
  readonly posts: { connectionId: string; text: string; id: string; at: Date; replyTo: string | null }[] = [];
  /** Reposted posts, by account. Repeating a repost changes nothing. */
  readonly reposts = new Set<string>();
  repostRequests = 0;
  readonly script: Script[] = [];
  looksUp = true;
  /** Fields of each platform, and what the calls received. */
  options: Record<string, readonly OptionField[]> = {};
  optionRules: Record<string, readonly OptionRule[]> = {};
  readonly optionsSent: PublishInput['options'][] = [];
  readonly optionsLookedUp: PublishInput['options'][] = [];
  readonly keysLookedUp: (readonly string[] | undefined)[] = [];
  keyMs: number | null = null;
  /** The keys received, in order. A known key has no further effect for `keyMs`. */
  readonly keys: string[] = [];
  readonly #byKey = new Map<string, { id: string; at: Date }>();
  lookupScript: ('ok' | 'unclear' | FaultKind)[] = [];
  lookups = 0;
  /** Runs before the request leaves. */
  beforeSend: (() => Promise<void>) | undefined;
  /** Runs between the effect and the response. */
  afterEffect: (() => Promise<void>) | undefined;

  traits(platform: string, own?: OwnLimits | null) {
    if (platform === 'nowhere') return null;
    const post = ownPost(FAKE_POST, own);
    return {
      name: platform.toUpperCase(),
      publishes: platform !== 'etsy',
      looksUp: this.looksUp,
      keyMs: this.keyMs,
      characters: post.characters,
      count: (text: string, link: string | null) => text.length + (link ? 24 : 0),
      follow: 'thread' as const,
      reposts: platform !== 'facebook',
      parts: partsOf(post),
      media: post.media,
      mayUse: () => true,
      resultsBatch: null,
      options: ownOptions(this.options[platform] ?? [], own),
      optionRules: this.optionRules[platform] ?? [],
    };
  }

  ids = (): readonly string[] => ['x', 'facebook', 'etsy'];

  async call<C extends Capability>(request: PlatformCall<C>): Promise<Capabilities[C]['output']> {
    const { capability } = request;
    if (capability !== 'publish' && capability !== 'lookup')
      throw new Error(`unexpected call of ${capability}`);
    const answer: unknown = await (capability === 'publish'
      ? this.publish(request as PlatformCall<Capability> as PlatformCall<'publish'>)
      : this.lookup(request as PlatformCall<Capability> as PlatformCall<'lookup'>));
    return answer as Capabilities[C]['output'];
  }

  async publish({ ctx, connectionId, input, beforeEffect }: PlatformCall<'publish'>) {
    const next = this.script.shift() ?? 'ok';
    if (next !== 'ok' && 'before' in next) {
      if (next.before === 'crash') throw new Error('the process ended');
      throw new ConnectorFault(next.before, plain(`The platform said ${next.before}.`), {
        ...(next.retryAfter ? { retryAfter: next.retryAfter } : {}),
      });
    }
    await this.beforeSend?.();
    beforeEffect?.();
    if (input.repostOf !== undefined) {
      this.repostRequests++;
      this.reposts.add(`${connectionId} ${input.repostOf}`);
      await this.afterEffect?.();
      if (next !== 'ok')
        throw next.after === 'crash'
          ? new Error('the process ended')
          : new ConnectorFault('unknown_outcome', plain('The answer was lost.'));
      return { remoteId: `repost:${input.repostOf}`, permalink: `https://example.test/${input.repostOf}` };
    }
    this.optionsSent.push(input.options);
    this.keys.push(input.idempotencyKey);
    const known = this.#byKey.get(input.idempotencyKey);
    if (known && this.keyMs !== null && ctx.clock.now().getTime() - known.at.getTime() < this.keyMs)
      return { remoteId: known.id, permalink: `https://example.test/${known.id}` };
    const post = {
      connectionId,
      text: input.text,
      id: newId('sandbox'),
      at: ctx.clock.now(),
      replyTo: input.replyTo ?? null,
    };
    this.posts.push(post);
    this.#byKey.set(input.idempotencyKey, post);
    await this.afterEffect?.();
    if (next !== 'ok')
      throw next.after === 'crash'
        ? new Error('the process ended')
        : new ConnectorFault('unknown_outcome', plain('The answer was lost.'));
    return { remoteId: post.id, permalink: `https://example.test/${post.id}` };
  }

  async lookup({ connectionId, input }: PlatformCall<'lookup'>) {
    this.lookups++;
    this.keysLookedUp.push(input.keys);
    this.optionsLookedUp.push(input.options);
    const next = this.lookupScript.shift() ?? 'ok';
    if (next === 'unclear') return { found: 'unclear' as const, why: plain('It cannot say.') };
    if (next !== 'ok') throw new ConnectorFault(next, plain(`The platform said ${next}.`));
    const post = this.posts.find(
      (p) =>
        p.connectionId === connectionId &&
        p.text === input.text &&
        p.replyTo === (input.replyTo ?? null) &&
        p.at >= input.since &&
        !input.exclude.includes(p.id),
    );
    return post
      ? { found: 'yes' as const, post: { remoteId: post.id, permalink: `https://example.test/${post.id}` } }
      : { found: 'absent' as const };
  }
}

/** The same database, with `gate` called before each transaction and each statement outside of one. Errors that it throws propagate. */
export function gated(db: Db, gate: () => void | Promise<void>): Db {
  return {
    ...db,
    raw: new Proxy(db.raw, {
      get(target, key) {
        if (key !== 'execute') return Reflect.get(target, key, target);
        return async (query: Parameters<Db['raw']['execute']>[0]) => {
          await gate();
          return target.execute(query);
        };
      },
    }),
    asSystem: async (work) => {
      await gate();
      return db.asSystem(work);
    },
    asWorkspace: async (id, work) => {
      await gate();
      return db.asWorkspace(id, work);
    },
  };
}
