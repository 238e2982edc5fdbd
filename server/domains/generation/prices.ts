/** US dollars per million tokens, from the providers' public price lists. 0.15 per million is 0.15 millionths per token. */
interface Price {
  readonly input: number;
  readonly output: number;
}

/**
 * List prices of the most used models. A provider's bill may differ (discounts, cached input, free tiers), so every amount derived from
 * this table is called an estimate. A model that is not listed has no known price.
 */
export const PRICES: Readonly<Record<string, Readonly<Record<string, Price>>>> = {
  mistral: {
    'mistral-small-latest': { input: 0.1, output: 0.3 },
    'mistral-medium-latest': { input: 0.4, output: 2 },
    'mistral-large-latest': { input: 2, output: 6 },
    'ministral-8b-latest': { input: 0.1, output: 0.1 },
    'open-mistral-nemo': { input: 0.15, output: 0.15 },
  },
  groq: {
    'llama-3.3-70b-versatile': { input: 0.59, output: 0.79 },
    'llama-3.1-8b-instant': { input: 0.05, output: 0.08 },
    'openai/gpt-oss-120b': { input: 0.15, output: 0.75 },
    'openai/gpt-oss-20b': { input: 0.1, output: 0.5 },
  },
  openai: {
    'gpt-4o-mini': { input: 0.15, output: 0.6 },
    'gpt-4o': { input: 2.5, output: 10 },
    'gpt-4.1': { input: 2, output: 8 },
    'gpt-4.1-mini': { input: 0.4, output: 1.6 },
    'gpt-4.1-nano': { input: 0.1, output: 0.4 },
  },
};

/** Returns the cost of a use in millionths of a US dollar, rounded up; null if the price is unknown. */
export function estimateCost(
  provider: string,
  model: string,
  usage: { inputTokens: number; outputTokens: number },
): number | null {
  const price = PRICES[provider]?.[model];
  if (!price) return null;
  // Calculated in whole thousandths first, so that 0.1 * 3 does not become 0.30000000000000004 and round up.
  const thousandths =
    usage.inputTokens * Math.round(price.input * 1000) + usage.outputTokens * Math.round(price.output * 1000);
  return Math.ceil(thousandths / 1000);
}

/** Estimates the tokens of a text, at about four characters each, for providers that do not report them. */
export const guessTokens = (text: string): number => Math.ceil(text.length / 4);
