import 'server-only';
import { manifests } from '@/server/connectors/manifests';
import { TOPICS } from '@/server/domains/topics/catalogue';

/** How topics are called on screen, by slug. */
export const topicNames = (): Record<string, string> =>
  Object.fromEntries(Object.values(TOPICS).map((topic) => [topic.slug, topic.name]));

/** How platforms are called on screen, by id. */
export const platformNames = (): Record<string, string> =>
  Object.fromEntries(Object.values(manifests).map((manifest) => [manifest.id, manifest.name]));
