import { and, eq } from 'drizzle-orm';
import { generations, posts } from '@/db/schema';
import { AppError, isAppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { postAiCosts } from '../ledger/post-ai-costs';
import { assertWithinLimit, PLAN_TERMS } from '../plans/plans';
import { topicName } from '../topics/catalogue';
import { readChosenTopic } from '../topics/queries';
import { lockWorkspace } from '../workspaces/lock-workspace';
import type { Timeouts } from './ask-provider';
import { Channel } from './channel';
import type { Provider } from './providers';
import { usedThisMonth } from './queries';
import type { GenerateRequest, GenerationEvent } from './schemas';
import { type Target, targetFor } from './target';
import { type ChosenTopic, type Use, VariantAborted, writeVariant } from './write-variant';

interface Reserved {
  request: GenerateRequest;
  topic: ChosenTopic | null;
  variants: { rowId: string; target: Target }[];
}

const NOTHING: Use = { provider: 'none', model: 'none', inputTokens: 0, outputTokens: 0, costMicros: 0 };

/**
 * Validates the request and reserves its drafts in the month's allowance, one row per variant. Rows start as `cancelled`, so a process that
 * crashes leaves them that way. They still count, because a model may have been paid. Drafts that fail on our side are returned to the
 * allowance.
 */
async function reserve(ctx: Ctx, request: GenerateRequest): Promise<Reserved> {
  const targets = request.platforms.map(targetFor);
  if (request.prompt === '' && !request.topicId)
    throw new AppError('invalid', fact('generation.errors.nothingToWrite'), {
      fields: { prompt: fact('generation.errors.promptEmpty') },
    });
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const terms = PLAN_TERMS[workspace.plan];
    const outside = targets.filter((target) => !terms.platforms.includes(target.platform));
    if (outside.length > 0)
      throw new AppError(
        'limit_reached',
        fact('generation.errors.platformsNotInPlan', {
          plan: terms.name,
          platforms: { list: outside.map((t) => t.name) },
        }),
        { details: { limit: 'platforms' } },
      );
    const topic = request.topicId ? await readChosenTopic(tx, ctx, request.topicId) : null;
    if (request.topicId && !topic) throw notFound('topic');
    if (topic && !terms.topics.includes(topic.slug))
      throw new AppError(
        'limit_reached',
        fact('generation.errors.topicNotInPlan', { plan: terms.name, topic: topicName(topic.slug) }),
        { details: { limit: 'topics' } },
      );
    if (request.postId) {
      const [post] = await tx
        .select({ id: posts.id })
        .from(posts)
        .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, request.postId)));
      if (!post) throw notFound('post');
    }
    const now = ctx.clock.now();
    const { used } = await usedThisMonth(tx, ctx, workspace.timeZone);
    assertWithinLimit(workspace.plan, 'generationsPerMonth', used, targets.length);
    const variants = targets.map((target) => ({ rowId: newId('generation', now.getTime()), target }));
    await tx.insert(generations).values(
      variants.map(({ rowId, target }) => ({
        id: rowId,
        workspaceId: ctx.workspaceId,
        postId: request.postId ?? null,
        platform: target.platform,
        provider: 'none',
        model: 'none',
        outcome: 'cancelled' as const,
        createdAt: now,
      })),
    );
    return { request, topic, variants };
  });
}

/**
 * Writes a text for each platform and streams the progress. The validation and the allowance check happen before the first event, so a
 * refusal is thrown rather than streamed. The models are stopped when `signal` fires.
 */
export async function generateVariants(options: {
  ctx: Ctx;
  input: GenerateRequest;
  providers: readonly Provider[];
  signal: AbortSignal;
  patience?: Timeouts;
}): Promise<AsyncGenerator<GenerationEvent>> {
  return run(options, await reserve(options.ctx, options.input));
}

async function* run(
  options: Parameters<typeof generateVariants>[0],
  { request, topic, variants }: Reserved,
): AsyncGenerator<GenerationEvent> {
  const { ctx, providers, patience } = options;
  const channel = new Channel<GenerationEvent>();
  // Stops the writers when the reader stops reading.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let costMicros = 0;
  let costKnown = true;
  const count = (use: Use) => {
    if (use.costMicros === null) costKnown = false;
    else costMicros += use.costMicros;
  };
  const emit = (event: GenerationEvent) => channel.push(event);
  const work = Promise.all(
    variants.map(async ({ rowId, target }) => {
      const spoilt: Use[] = [];
      const onSpoilt = (use: Use) => {
        count(use);
        spoilt.push(use);
      };
      try {
        const { use } = await writeVariant({
          target,
          request,
          topic,
          providers,
          signal,
          patience,
          emit,
          onDiscarded: onSpoilt,
        });
        count(use);
        await settle(ctx, request, rowId, target.platform, use, 'completed', spoilt);
      } catch (error) {
        const left = signal.aborted;
        if (!left && !isAppError(error))
          log().error({ err: error, generation: rowId }, 'a variant could not be generated');
        // The text that a model had written when the user left is billed.
        const use = error instanceof VariantAborted ? error.use : NOTHING;
        count(use);
        await settle(ctx, request, rowId, target.platform, use, left ? 'cancelled' : 'failed', spoilt).catch(
          (cause) =>
            log().error({ err: cause, generation: rowId }, 'the outcome of a draft could not be recorded'),
        );
        if (!left)
          emit({
            type: 'error',
            variant: target.platform,
            code: isAppError(error) ? error.code : 'internal',
            message: fact('generation.errors.failed', { platform: target.name }),
          });
      }
    }),
  ).then(async () => {
    if (costMicros > 0)
      await postAiCosts({ ctx }).catch((err) =>
        // The next booking includes the missing amount, because bookings are derived from the totals.
        log().error({ err }, 'AI costs could not be booked'),
      );
    emit({ type: 'end', costMicros, costKnown });
    channel.close();
  });
  try {
    yield { type: 'start', platforms: variants.map(({ target }) => target.platform) };
    yield* channel;
  } finally {
    stop.abort(new Error('The reader disconnected'));
    await work;
  }
}

async function settle(
  ctx: Ctx,
  request: GenerateRequest,
  rowId: string,
  platform: string,
  use: Use,
  outcome: 'completed' | 'failed' | 'cancelled',
  spoilt: Use[],
): Promise<void> {
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await tx
      .update(generations)
      .set({ ...use, costMicros: use.costMicros ?? 0, outcome })
      .where(and(eq(generations.workspaceId, ctx.workspaceId), eq(generations.id, rowId)));
    if (spoilt.length > 0)
      await tx.insert(generations).values(
        spoilt.map((each) => ({
          ...each,
          costMicros: each.costMicros ?? 0,
          id: newId('generation', ctx.clock.now().getTime()),
          workspaceId: ctx.workspaceId,
          postId: request.postId ?? null,
          platform,
          outcome: 'failed' as const,
          createdAt: ctx.clock.now(),
        })),
      );
  });
}
