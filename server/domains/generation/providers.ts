import type { LanguageModel } from 'ai';
import type { Env } from '@/server/foundation/env';

/** A provider: a language model behind an API. Loaded when it is first used. */
export interface Provider {
  readonly id: string;
  /** How it is named on screens. */
  readonly label: string;
  readonly model: string;
  /** The highest temperature that makes sense for it. */
  readonly hottest: number;
  load(): Promise<LanguageModel>;
}

type ProviderSettings = Pick<
  Env,
  | 'MISTRAL_API_KEY'
  | 'MISTRAL_MODEL'
  | 'GROQ_API_KEY'
  | 'GROQ_MODEL'
  | 'OPENAI_API_KEY'
  | 'OPENAI_MODEL'
  | 'OPENAI_COMPATIBLE_BASE_URL'
  | 'OPENAI_COMPATIBLE_API_KEY'
  | 'OPENAI_COMPATIBLE_MODEL'
>;

/** The providers that this installation has keys for, in the order in which they are asked. Empty: the offline drafter writes. */
export function providersFrom(settings: ProviderSettings): Provider[] {
  const found: Provider[] = [];
  const { MISTRAL_API_KEY: mistralKey, GROQ_API_KEY: groqKey, OPENAI_API_KEY: openaiKey } = settings;
  if (mistralKey) {
    const model = settings.MISTRAL_MODEL;
    found.push({
      id: 'mistral',
      label: 'Mistral',
      model,
      hottest: 1,
      load: async () => (await import('@ai-sdk/mistral')).createMistral({ apiKey: mistralKey })(model),
    });
  }
  if (groqKey) {
    const model = settings.GROQ_MODEL;
    found.push({
      id: 'groq',
      label: 'Groq',
      model,
      hottest: 1.2,
      load: async () => (await import('@ai-sdk/groq')).createGroq({ apiKey: groqKey })(model),
    });
  }
  if (openaiKey) {
    const model = settings.OPENAI_MODEL;
    found.push({
      id: 'openai',
      label: 'OpenAI',
      model,
      hottest: 1.2,
      load: async () => (await import('@ai-sdk/openai')).createOpenAI({ apiKey: openaiKey }).chat(model),
    });
  }
  const { OPENAI_COMPATIBLE_BASE_URL: baseURL, OPENAI_COMPATIBLE_MODEL: model } = settings;
  if (baseURL && model) {
    const apiKey = settings.OPENAI_COMPATIBLE_API_KEY;
    found.push({
      id: 'openai-compatible',
      label: new URL(baseURL).hostname,
      model,
      hottest: 1.2,
      load: async () =>
        (await import('@ai-sdk/openai-compatible')).createOpenAICompatible({
          name: 'compatible',
          baseURL,
          includeUsage: true,
          ...(apiKey ? { apiKey } : {}),
        })(model),
    });
  }
  return found;
}

/** Creativity 0–100 as a temperature: 0 says the likeliest words, 100 as far as the provider still makes sense. */
export const temperatureOf = (creativity: number, provider: Pick<Provider, 'hottest'>): number =>
  Math.round((creativity / 100) * provider.hottest * 100) / 100;
