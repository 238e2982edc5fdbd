import 'server-only';
import { requestLocale } from '@/i18n/request-locale';
import { wordsIn } from '@/i18n/words';
import { faces } from '@/server/connectors/faces';
import { TOPIC_SLUGS, topicName } from '@/server/domains/topics/catalogue';

/** Returns the display names of the topics, by slug. */
export async function topicNames(): Promise<Record<string, string>> {
  const { say } = wordsIn(await requestLocale());
  return Object.fromEntries(TOPIC_SLUGS.map((slug) => [slug, say(topicName(slug))]));
}

/** Returns the display names of the platforms, by id. */
export const platformNames = (): Record<string, string> =>
  Object.fromEntries(Object.values(faces).map((face) => [face.id, face.name]));
