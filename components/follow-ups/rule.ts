import type { useTranslations } from 'next-intl';
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

/**
 * Describes a rule: "At 50 likes within 24 hours it is reposted, on the next day at the same time." `platforms` are those that it applies
 * to; empty for all.
 */
export function ruleInWords(t: T, rule: Rule, platforms: readonly string[]): string {
  const facebook = platforms.length === 0 || platforms.includes('facebook');
  const others = platforms.length === 0 || platforms.some((platform) => platform !== 'facebook');
  const then =
    rule.action === 'follow_up'
      ? others
        ? 'followUp'
        : 'comment'
      : others
        ? facebook
          ? 'repostAndShare'
          : 'repost'
        : 'share';
  return t('rule', {
    measure: rule.measure,
    atLeast: rule.atLeast,
    withinHours: rule.withinHours,
    then,
    wait: rule.wait.kind,
    hours: rule.wait.kind === 'hours' ? rule.wait.hours : 0,
    activeHours: rule.activeHours ? 'yes' : 'no',
  });
}
