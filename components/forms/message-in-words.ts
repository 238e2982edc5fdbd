import type { useTranslations } from 'next-intl';

type Words = ReturnType<typeof useTranslations<'facts.validation'>>;

/**
 * What a schema of the server's says of a field, in words. Its messages are facts as JSON (`asMessage`); those under `validation` have their
 * words in the browser, and the server gives all others with its answer.
 */
export function messageInWords(message: string, t: Words): string {
  if (!message.startsWith('{"fact":')) return message;
  let read: { fact: string; params?: Record<string, string | number> };
  try {
    read = JSON.parse(message);
  } catch {
    return message;
  }
  const { fact, params } = read;
  const key = fact.replace(/^validation\./, '');
  // The names of messages come from a schema here, so they are checked when they are shown.
  const say = t as unknown as ((key: string, values?: object) => string) & { has(key: string): boolean };
  return say.has(key) ? say(key, params) : t('again');
}
