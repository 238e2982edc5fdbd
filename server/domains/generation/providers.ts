import type { LanguageModel } from 'ai';
import type { Env } from '@/server/foundation/env';

/** A language model behind an API, loaded when it is first used. */
export interface Provider {
  readonly id: string;
  /** Name shown in the app. */
  readonly label: string;
  readonly model: string;
  /** Highest temperature at which the model still produces sensible text. */
  readonly maxTemperature: number;
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

/** Returns the providers that this installation has keys for, in order of preference. If there are none, the offline drafter writes. */
export function providersFrom(settings: ProviderSettings): Provider[] {
  const found: Provider[] = [];
  const { MISTRAL_API_KEY: mistralKey, GROQ_API_KEY: groqKey, OPENAI_API_KEY: openaiKey } = settings;
  if (mistralKey) {
    const model = settings.MISTRAL_MODEL;
    found.push({
      id: 'mistral',
      label: 'Mistral',
      model,
      maxTemperature: 1,
      load: async () => (await import('@ai-sdk/mistral')).createMistral({ apiKey: mistralKey })(model),
    });
  }
  if (groqKey) {
    const model = settings.GROQ_MODEL;
    found.push({
      id: 'groq',
      label: 'Groq',
      model,
      maxTemperature: 1.2,
      load: async () => (await import('@ai-sdk/groq')).createGroq({ apiKey: groqKey })(model),
    });
  }
  if (openaiKey) {
    const model = settings.OPENAI_MODEL;
    found.push({
      id: 'openai',
      label: 'OpenAI',
      model,
      maxTemperature: 1.2,
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
      maxTemperature: 1.2,
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

/** Converts creativity (0–100) to a temperature: 0 is the likeliest text, 100 the provider's highest sensible temperature. */
export const temperatureOf = (creativity: number, provider: Pick<Provider, 'maxTemperature'>): number =>
  Math.round((creativity / 100) * provider.maxTemperature * 100) / 100;
