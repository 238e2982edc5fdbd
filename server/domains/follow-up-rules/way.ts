import type { Boost, connections, publications } from '@/db/schema';
import type { PlatformTraits } from '@/server/connectors/platform-traits';

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

/** How it can be done now, or why not, in words. Pure. */
export function wayNow(
  connection: Pick<typeof connections.$inferSelect, 'status' | 'remoteName'>,
  publication: Pick<typeof publications.$inferSelect, 'state' | 'remoteId' | 'permalink'>,
  traits: PlatformTraits | null,
  name: string,
  rule: Boost,
  gone: boolean,
): { way: Way } | { why: string } {
  if (publication.state !== 'published') return { why: 'The post is not out.' };
  if (!publication.remoteId) return { why: 'We do not know where the post is.' };
  if (gone) return { why: `${name} does not show the post any more.` };
  if (connection.status !== 'active')
    return {
      why:
        connection.status === 'disconnected'
          ? `${connection.remoteName} is not connected any more.`
          : `${connection.remoteName} has to be reconnected.`,
    };
  const way = traits && wayOf(rule, traits, publication.permalink);
  if (!traits || !way) return { why: noWay(rule, traits, name) };
  const problem = textProblem(rule, traits);
  return problem ? { why: problem } : { way };
}

/** Why `wayOf` knows no way for a post that is out. */
export const noWay = (rule: Pick<Boost, 'action'>, traits: PlatformTraits | null, name: string): string =>
  rule.action === 'repost' && traits?.publishes
    ? 'We do not know the post’s address, so it cannot be shared.'
    : `${name} cannot do this.`;
