import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import { TOPICS, type TopicSlug } from '../topics/catalogue';
import { ProviderFailure, requestText, type Timeouts, UserLeft } from './ask-provider';
import { briefFor } from './instructions';
import { draftOffline } from './offline/draft';
import { polish } from './polish';
import { estimateCost } from './prices';
import type { Provider } from './providers';
import type { GenerateRequest, GenerationEvent } from './schemas';
import type { Target } from './target';

export interface ChosenTopic {
  id: string;
  slug: TopicSlug;
  audience: string;
  tone: string;
}
/** A use of a model, for the records. */
export interface Use {
  provider: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  costMicros: number | null;
}
/** The user left during this use. */
export class VariantAborted extends Error {
  constructor(
    readonly use: Use,
    options: { cause?: unknown },
  ) {
    super('The person left', options);
    this.name = 'VariantAborted';
  }
}
export interface Written {
  use: Use;
  /** Uses of providers that broke off. Their text is discarded but still billed. */
  discarded: Use[];
}
export interface WriteOptions {
  target: Target;
  request: GenerateRequest;
  topic: ChosenTopic | null;
  providers: readonly Provider[];
  signal: AbortSignal;
  patience?: Timeouts | undefined;
  emit: (event: GenerationEvent) => void;
  /** Called immediately for each discarded use, also if the variant is abandoned later. */
  onDiscarded?: (use: Use) => void;
}

/**
 * Writes the text of one platform with the first provider that delivers, or with the offline drafter if none does. Progress is reported
 * through `emit`; `restart` discards the text so far.
 */
export async function writeVariant(options: WriteOptions): Promise<Written> {
  const { target, request, topic, providers, signal, emit } = options;
  const variant = target.platform;
  const described = topic ? { ...TOPICS[topic.slug], audience: topic.audience, tone: topic.tone } : null;
  const brief = briefFor(target, request, described);
  const rules = { ...target, hashtags: request.hashtags, emoji: request.emoji };
  const discarded: Use[] = [];
  for (const [index, provider] of providers.entries()) {
    const { id, label: name, model } = provider;
    const label = verbatim(name);
    emit({ type: 'provider', variant, provider: id, label, model });
    try {
      const answer = await requestText({
        provider,
        brief,
        creativity: request.creativity,
        maxOutputTokens: Math.min(2000, Math.ceil(target.limit / 2) + 200),
        signal,
        ...(options.patience ? { patience: options.patience } : {}),
        onDelta: (delta) => emit({ type: 'delta', variant, delta }),
      });
      const { text, shortened } = polish(answer.text, rules);
      const use = costed(provider, answer);
      if (!/[\p{L}\p{N}]/u.test(text)) throw new ProviderFailure('empty', answer.text, answer);
      if (shortened)
        emit({
          type: 'notice',
          variant,
          notice: fact('generation.notes.endCut', {
            provider: name,
            platform: target.name,
            most: target.limit,
          }),
        });
      emit({ type: 'done', variant, text, label, shortened, ...use });
      return { use, discarded: discarded };
    } catch (error) {
      if (error instanceof UserLeft)
        throw new VariantAborted(costed(provider, error.usage), { cause: error });
      if (!(error instanceof ProviderFailure)) throw error;
      if (error.usage.outputTokens > 0) {
        const use = costed(provider, error.usage);
        discarded.push(use);
        options.onDiscarded?.(use);
      }
      const problem = fact(`generation.problems.${error.why}`, { provider: name });
      emit({
        type: error.partial === '' ? 'notice' : 'restart',
        variant,
        notice: insteadOf(problem, providers[index + 1]?.label, error.partial !== ''),
      });
    }
  }
  return { use: writeOffline(options, variant, rules.name), discarded: discarded };
}

/** Describes which provider continues after a failure, and whether the text starts again. */
function insteadOf(problem: Fact, next: string | undefined, again: boolean): Fact {
  if (next === undefined)
    return again
      ? fact('generation.notes.offlineBegins', { problem })
      : fact('generation.notes.offlineWrites', { problem });
  return again
    ? fact('generation.notes.nextBegins', { problem, provider: next })
    : fact('generation.notes.nextWrites', { problem, provider: next });
}

function writeOffline(
  { target, request, topic, emit, signal }: WriteOptions,
  variant: string,
  name: string,
): Use {
  signal.throwIfAborted();
  const use: Use = {
    provider: 'offline',
    model: 'offline-drafter',
    inputTokens: 0,
    outputTokens: 0,
    costMicros: 0,
  };
  const label = fact('generation.notes.offline');
  emit({ type: 'provider', variant, provider: use.provider, label, model: use.model });
  const { text, shortened } = draftOffline({
    platform: target.platform,
    topic,
    prompt: request.prompt,
    creativity: request.creativity,
    hashtags: request.hashtags,
    emoji: request.emoji,
    seed: request.seed,
  });
  for (const delta of text.match(/\S+\s*|\s+/g) ?? []) emit({ type: 'delta', variant, delta });
  if (shortened)
    emit({
      type: 'notice',
      variant,
      notice: fact('generation.notes.partLeftOut', { platform: name }),
    });
  emit({ type: 'done', variant, text, label, shortened, ...use });
  return use;
}

function costed(provider: Provider, usage: { inputTokens: number; outputTokens: number }): Use {
  const { inputTokens, outputTokens } = usage;
  return {
    provider: provider.id,
    model: provider.model,
    inputTokens,
    outputTokens,
    costMicros: estimateCost(provider.id, provider.model, usage),
  };
}
