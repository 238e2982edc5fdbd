import type { Brief } from './instructions';
import { guessTokens } from './prices';
import { type Provider, temperatureOf } from './providers';

export interface Timeouts {
  /** Milliseconds until the first token. */
  firstToken: number;
  /** Milliseconds between tokens. */
  betweenTokens: number;
  /** Milliseconds for the whole text. */
  whole: number;
}
export const TIMEOUTS: Timeouts = { firstToken: 12_000, betweenTokens: 10_000, whole: 60_000 };

export interface Answer {
  text: string;
  inputTokens: number;
  outputTokens: number;
  /** false if the provider did not report token counts and they are estimated. */
  counted: boolean;
}

/** Why a provider failed, as a message name under `generation.problems`. */
export type FailureReason =
  | 'noAnswer'
  | 'tooLong'
  | 'stopped'
  | 'declined'
  | 'unreadable'
  | 'brokeOff'
  | 'empty'
  | 'keyRefused'
  | 'noCapacity'
  | 'fault'
  | 'notAccepted'
  | 'notReached';

/** A provider failure. `partial` is the text streamed before it. */
export class ProviderFailure extends Error {
  constructor(
    readonly why: FailureReason,
    readonly partial: string,
    readonly usage: { inputTokens: number; outputTokens: number },
    options: { cause?: unknown } = {},
  ) {
    super(why, options);
    this.name = 'ProviderFailure';
  }
}

/** The user left while a model was writing. The text so far is discarded but still billed. */
export class UserLeft extends Error {
  constructor(
    readonly usage: { inputTokens: number; outputTokens: number },
    options: { cause?: unknown } = {},
  ) {
    super('The person left', options);
    this.name = 'UserLeft';
  }
}

/**
 * Requests a text from one provider and passes on the tokens as they arrive. Throws ProviderFailure if the provider refuses, times out,
 * breaks off or returns nothing usable; throws UserLeft if the user left after the first tokens, and the signal's reason if they left
 * before.
 */
export async function requestText(options: {
  provider: Provider;
  brief: Brief;
  creativity: number;
  maxOutputTokens: number;
  signal: AbortSignal;
  patience?: Timeouts;
  onDelta: (delta: string) => void;
}): Promise<Answer> {
  const { provider, brief, signal } = options;
  const patience = options.patience ?? TIMEOUTS;
  signal.throwIfAborted();
  // Loaded before the timers start, because our own loading time is not the provider's fault.
  const [{ streamText }, model] = await Promise.all([import('ai'), provider.load()]);
  signal.throwIfAborted();
  const stop = new AbortController();
  const leave = () => stop.abort(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  let timedOut: FailureReason | null = null;
  const give = (why: FailureReason) => {
    timedOut ??= why;
    stop.abort(new Error(why));
  };
  let timer = setTimeout(() => give('noAnswer'), patience.firstToken);
  const whole = setTimeout(() => give('tooLong'), patience.whole);
  let text = '';
  const guessed = () => ({
    inputTokens: guessTokens(brief.system + brief.prompt),
    outputTokens: guessTokens(text),
  });
  const fail = (why: FailureReason, cause?: unknown) =>
    new ProviderFailure(why, text, text === '' ? { inputTokens: 0, outputTokens: 0 } : guessed(), { cause });
  try {
    const result = streamText({
      model,
      system: brief.system,
      prompt: brief.prompt,
      temperature: temperatureOf(options.creativity, provider),
      maxOutputTokens: options.maxOutputTokens,
      // Falling back to another provider is better than retrying the same one.
      maxRetries: 0,
      abortSignal: stop.signal,
      // The default handler prints to the console. The failure is thrown below.
      onError: () => {},
    });
    for await (const part of untilAborted(result.fullStream, stop.signal)) {
      if (part.type === 'text-delta') {
        if (part.text === '') continue;
        clearTimeout(timer);
        timer = setTimeout(() => give('stopped'), patience.betweenTokens);
        text += part.text;
        options.onDelta(part.text);
      } else if (part.type === 'error') {
        throw fail(describe(part.error, text), part.error);
      } else if (part.type === 'finish') {
        if (part.finishReason === 'content-filter') throw fail('declined');
        // A stream that ends without a finish reason was cut off.
        if (part.finishReason !== 'stop' && part.finishReason !== 'length')
          throw fail(text === '' ? 'unreadable' : 'brokeOff');
        if (!/[\p{L}\p{N}]/u.test(text)) throw fail('empty');
        const { inputTokens, outputTokens } = part.totalUsage;
        const counted = inputTokens !== undefined && outputTokens !== undefined;
        return { text, counted, ...(counted ? { inputTokens, outputTokens } : guessed()) };
      }
    }
    signal.throwIfAborted();
    throw fail(timedOut ?? 'brokeOff');
  } catch (error) {
    if (signal.aborted) throw text === '' ? signal.reason : new UserLeft(guessed(), { cause: signal.reason });
    if (error instanceof ProviderFailure) throw error;
    throw fail(timedOut ?? describe(error, text), error);
  } finally {
    clearTimeout(timer);
    clearTimeout(whole);
    signal.removeEventListener('abort', leave);
    stop.abort();
  }
}

/** Iterates `source`, and ends when the signal fires even if the source never yields again. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited, because a hanging source would block us here.
    void iterator.return?.()?.catch(() => {});
  }
}

/** Maps a vendor's error to a reason. Its body is never shown. */
function describe(error: unknown, soFar: string): FailureReason {
  if (soFar !== '') return 'brokeOff';
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (status === 401 || status === 403) return 'keyRefused';
  if (status === 429) return 'noCapacity';
  if (typeof status === 'number' && status >= 500) return 'fault';
  if (typeof status === 'number' && status >= 400) return 'notAccepted';
  const name = error instanceof Error ? error.name : '';
  if (/TypeValidation|JSONParse|InvalidResponse|NoOutput/i.test(name)) return 'unreadable';
  return 'notReached';
}
