import type { Boost, connections, publications } from '@/db/schema';
import type { PlatformTraits } from '../publishing/platform-port';

/** How a rule is carried out on a platform: as which kind of publication, with which words. */
export interface Way {
  /** How it is called: a repost; a new post that shares the old one; a reply or comment. */
  name: 'repost' | 'share' | 'reply';
  kind: 'repost' | 'post' | 'reply';
  text: string;
  link: string | null;
}

/**
 * How a platform carries a rule out, or null when it cannot. Where an account cannot repost its own post, its address is shared as a
 * new post. Pure.
 */
export function wayOf(
  rule: Pick<Boost, 'action' | 'text'>,
  traits: Pick<PlatformTraits, 'reposts' | 'follow' | 'publishes'>,
  permalink: string | null,
): Way | null {
  if (rule.action === 'follow_up')
    return traits.follow ? { name: 'reply', kind: 'reply', text: rule.text, link: null } : null;
  if (traits.reposts) return { name: 'repost', kind: 'repost', text: '', link: null };
  return traits.publishes && permalink
    ? { name: 'share', kind: 'post', text: rule.text, link: permalink }
    : null;
}

/** What is wrong with a rule's text on a platform, in words for its form; null when it fits. Pure. */
export function textProblem(rule: Pick<Boost, 'action' | 'text'>, traits: PlatformTraits): string | null {
  if (rule.action === 'repost') {
    if (traits.reposts || traits.characters === null) return null;
    const length = traits.count(rule.text, null);
    return length > traits.characters
      ? `${traits.name} takes ${traits.characters} characters, and this has ${length}.`
      : null;
  }
  if (!traits.follow) return `${traits.name} takes nothing under a post.`;
  const most = traits.parts.characters;
  const length = traits.count(rule.text, null);
  return most !== null && length > most
    ? `${traits.name} takes ${most} characters there, and this has ${length}.`
    : null;
}

/** Why it cannot be done now, in words, or null when it can. Pure. */
export function refusalOf(
  connection: Pick<typeof connections.$inferSelect, 'status' | 'remoteName'>,
  publication: Pick<typeof publications.$inferSelect, 'state' | 'remoteId'>,
  traits: PlatformTraits | null,
  name: string,
  way: Way | null,
  rule: Boost,
  gone: boolean,
): string | null {
  if (publication.state !== 'published' || !publication.remoteId) return 'The post is not out.';
  if (gone) return `${name} does not show the post any more.`;
  if (connection.status !== 'active')
    return connection.status === 'disconnected'
      ? `${connection.remoteName} is not connected any more.`
      : `${connection.remoteName} has to be reconnected.`;
  if (!traits || !way) return `${name} cannot do this.`;
  return textProblem(rule, traits);
}
