import type { useTranslations } from 'next-intl';
import { followLimits, platformName, WRITABLE } from '@/components/platforms/catalogue';
import { canRepost } from '@/components/platforms/repeats';
import type { PublicationItem } from '@/components/trpc/outputs';

export type Rule = NonNullable<PublicationItem['followUpRule']>;

type T = ReturnType<typeof useTranslations<'followUps'>>;

/** Labels of a rule's fields, for the summary of errors. */
export const labelsOf = (t: T) => ({
  'followUpRule.atLeast': t('label.atLeast'),
  'followUpRule.withinHours': t('label.withinHours'),
  'followUpRule.text': t('label.text'),
  'followUpRule.wait.hours': t('label.hours'),
});

/** Initial values of a new rule. */
export const FIRST_RULE: Rule = {
  measure: 'likes',
  atLeast: 50,
  withinHours: 24,
  action: 'repost',
  text: '',
  wait: { kind: 'none' },
  activeHours: false,
};

/** How the platforms of a rule repost: those that can, and those where the post's link is shared as a new post. */
export function waysToRepost(platforms: readonly string[]) {
  const meant = platforms.length === 0 ? WRITABLE : [...new Set(platforms)];
  const sharing = meant.filter((platform) => !canRepost(platform));
  return {
    reposts: sharing.length < meant.length,
    shares: sharing.length > 0,
    sharing: { count: sharing.length, platform: platformName(sharing[0] ?? '') },
  };
}

/**
 * Describes a rule: "At 50 likes within 24 hours it is reposted, on the next day at the same time." `platforms` are those that it applies
 * to; empty for all.
 */
export function ruleInWords(t: T, rule: Rule, platforms: readonly string[]): string {
  const { reposts, shares, sharing } = waysToRepost(platforms);
  const comments =
    platforms.length > 0 && platforms.every((platform) => followLimits(platform).kind === 'firstComment');
  const then =
    rule.action === 'follow_up'
      ? comments
        ? 'comment'
        : 'followUp'
      : reposts
        ? shares
          ? 'repostAndShare'
          : 'repost'
        : 'share';
  return t('rule', {
    measure: rule.measure,
    atLeast: rule.atLeast,
    withinHours: rule.withinHours,
    then,
    ...sharing,
    wait: rule.wait.kind,
    hours: rule.wait.kind === 'hours' ? rule.wait.hours : 0,
    activeHours: rule.activeHours ? 'yes' : 'no',
  });
}
