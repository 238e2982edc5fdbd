import type { connections, FollowUpRule, publications } from '@/db/schema';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { type Fact, fact } from '@/server/foundation/facts';

/** How a platform carries out a rule: the kind of publication and its text. */
export interface FollowUpMethod {
  /** Name of the method: a repost, a new post that shares the old one, or a reply or comment. */
  name: 'repost' | 'share' | 'reply';
  kind: 'repost' | 'post' | 'reply';
  text: string;
  link: string | null;
}

/**
 * Returns how a platform carries out a rule, or null if it cannot. If an account cannot repost its own post, the method shares its URL in a
 * new post. Pure.
 */
export function methodOf(
  rule: Pick<FollowUpRule, 'action' | 'text'>,
  traits: Pick<PlatformTraits, 'reposts' | 'follow' | 'publishes'>,
  permalink: string | null,
): FollowUpMethod | null {
  if (rule.action === 'follow_up')
    return traits.follow ? { name: 'reply', kind: 'reply', text: rule.text, link: null } : null;
  if (traits.reposts) return { name: 'repost', kind: 'repost', text: '', link: null };
  return traits.publishes && permalink
    ? { name: 'share', kind: 'post', text: rule.text, link: permalink }
    : null;
}

/** Returns the problem with a rule's text on a platform, for display in its form; null if there is none. Pure. */
export function textProblem(
  rule: Pick<FollowUpRule, 'action' | 'text'>,
  traits: PlatformTraits,
): Fact | null {
  if (rule.action === 'repost') {
    if (traits.reposts || traits.characters === null) return null;
    const length = traits.count(rule.text, null);
    return length > traits.characters
      ? fact('followUpRules.problems.tooLong', { platform: traits.name, most: traits.characters, length })
      : null;
  }
  if (!traits.follow) return fact('followUpRules.problems.nothingBelow', { platform: traits.name });
  const most = traits.parts.characters;
  const length = traits.count(rule.text, null);
  return most !== null && length > most
    ? fact('followUpRules.problems.tooLongBelow', { platform: traits.name, most, length })
    : null;
}

/** Returns the method available now, or the reason why there is none. Pure. */
export function methodNow(
  connection: Pick<typeof connections.$inferSelect, 'status' | 'remoteName'>,
  publication: Pick<typeof publications.$inferSelect, 'state' | 'remoteId' | 'permalink'>,
  traits: PlatformTraits | null,
  name: string,
  rule: FollowUpRule,
  gone: boolean,
): { method: FollowUpMethod } | { why: Fact } {
  if (publication.state !== 'published') return { why: fact('followUpRules.problems.notOut') };
  if (!publication.remoteId) return { why: fact('followUpRules.problems.placeUnknown') };
  if (gone) return { why: fact('followUpRules.problems.gone', { platform: name }) };
  const { status, remoteName: account } = connection;
  if (status !== 'active')
    return {
      why:
        status === 'disconnected'
          ? fact('followUpRules.problems.disconnected', { account })
          : fact('followUpRules.problems.reconnect', { account }),
    };
  const method = traits && methodOf(rule, traits, publication.permalink);
  if (!traits || !method) return { why: noMethodReason(rule, traits, name) };
  const problem = textProblem(rule, traits);
  return problem ? { why: problem } : { method };
}

/** Returns why `methodOf` finds no method for a published post. */
export const noMethodReason = (
  rule: Pick<FollowUpRule, 'action'>,
  traits: PlatformTraits | null,
  name: string,
): Fact =>
  rule.action === 'repost' && traits?.publishes
    ? fact('followUpRules.problems.addressUnknown')
    : fact('followUpRules.problems.cannot', { platform: name });
