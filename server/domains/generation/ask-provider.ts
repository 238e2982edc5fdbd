import type { Brief } from './instructions';
import { guessTokens } from './prices';
import { type Provider, temperatureOf } from './providers';

export interface Patience {
  /** Milliseconds until the first words. */
  firstToken: number;
  /** Milliseconds between words. */
  betweenTokens: number;
  /** Milliseconds for the whole text. */
  whole: number;
}
export const PATIENCE: Patience = { firstToken: 12_000, betweenTokens: 10_000, whole: 60_000 };

export interface Answer {
  text: string;
  inputTokens: number;
  outputTokens: number;
  /** false when the provider did not count and the tokens are guessed. */
  counted: boolean;
}

/** Why a provider did not deliver: the name of a message under `generation.problems`. */
export type Why =
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

/** A provider that did not deliver. `partial` is what had been streamed before it broke. */
export class ProviderFailure extends Error {
  constructor(
    readonly why: Why,
    readonly partial: string,
    readonly usage: { inputTokens: number; outputTokens: number },
    options: { cause?: unknown } = {},
  ) {
    super(why, options);
    this.name = 'ProviderFailure';
  }
}

/** The person left while a model wrote: the words so far are gone, their price is not. */
export class PersonLeft extends Error {
  constructor(
    readonly usage: { inputTokens: number; outputTokens: number },
    options: { cause?: unknown } = {},
  ) {
    super('The person left', options);
    this.name = 'PersonLeft';
  }
}

/**
 * Asks one provider for one text and hands on the words as they come. Throws ProviderFailure when it refuses, is silent for too
 * long, breaks off, or says nothing of use; throws PersonLeft when the person left after the first words, and the signal's reason
 * when they left before.
 */
export async function askProvider(options: {
  provider: Provider;
  brief: Brief;
  creativity: number;
  maxOutputTokens: number;
  signal: AbortSignal;
  patience?: Patience;
  onDelta: (delta: string) => void;
}): Promise<Answer> {
  const { provider, brief, signal } = options;
  const patience = options.patience ?? PATIENCE;
  signal.throwIfAborted();
  // Loaded before the clock starts: reading our own code is no fault of the provider's.
  const [{ streamText }, model] = await Promise.all([import('ai'), provider.load()]);
  signal.throwIfAborted();
  const stop = new AbortController();
  const leave = () => stop.abort(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  let timedOut: Why | null = null;
  const give = (why: Why) => {
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
  const fail = (why: Why, cause?: unknown) =>
    new ProviderFailure(why, text, text === '' ? { inputTokens: 0, outputTokens: 0 } : guessed(), { cause });
  try {
    const result = streamText({
      model,
      system: brief.system,
      prompt: brief.prompt,
      temperature: temperatureOf(options.creativity, provider),
      maxOutputTokens: options.maxOutputTokens,
      // Another provider is a better second try than the same one.
      maxRetries: 0,
      abortSignal: stop.signal,
      // The default prints to the console; the failure is thrown below.
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
        // A stream that ends without a reason was cut.
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
    if (signal.aborted)
      throw text === '' ? signal.reason : new PersonLeft(guessed(), { cause: signal.reason });
    if (error instanceof ProviderFailure) throw error;
    throw fail(timedOut ?? describe(error, text), error);
  } finally {
    clearTimeout(timer);
    clearTimeout(whole);
    signal.removeEventListener('abort', leave);
    stop.abort();
  }
}

/** Ends with the signal even when the source never speaks again. */
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
    // Not awaited: a source that hangs would keep us here.
    void iterator.return?.()?.catch(() => {});
  }
}

/** What a vendor's error means: nothing of its body is shown. */
function describe(error: unknown, soFar: string): Why {
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
