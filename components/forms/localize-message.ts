import type { useTranslations } from 'next-intl';

type Words = ReturnType<typeof useTranslations<'facts.validation'>>;

/**
 * Returns the localized message of a schema's error. These messages are facts as JSON (`asMessage`), all under `validation`, which every
 * page has. Browsers format texts and numbers only: for other values, and for a message that this page does not know, the text asks the
 * user to check the field again.
 */
export function localizeMessage(message: string, t: Words): string {
  if (!message.startsWith('{"fact":')) return message;
  let read: { fact: string; params?: Record<string, unknown> };
  try {
    read = JSON.parse(message);
  } catch {
    return message;
  }
  const { fact, params } = read;
  const key = fact.replace(/^validation\./, '');
  // Message names come from a schema here, so they are checked at run time.
  const say = t as unknown as ((key: string, values?: object) => string) & { has(key: string): boolean };
  const plain = Object.values(params ?? {}).every((value) => typeof value !== 'object');
  return plain && say.has(key) ? say(key, params) : t('again');
}
