import type { useTranslations } from 'next-intl';
import type { PublicationItem } from '@/components/trpc/outputs';

export type Rule = NonNullable<PublicationItem['followUpRule']>;

type T = ReturnType<typeof useTranslations<'followUps'>>;

/** How the fields of a rule's form are called, for its summary of errors. */
export const labelsOf = (t: T) => ({
  'followUpRule.atLeast': t('label.atLeast'),
  'followUpRule.withinHours': t('label.withinHours'),
  'followUpRule.text': t('label.text'),
  'followUpRule.wait.hours': t('label.hours'),
});

/** Where a new rule begins. */
export const FIRST_RULE: Rule = {
  measure: 'likes',
  atLeast: 50,
  withinHours: 24,
  action: 'repost',
  text: '',
  wait: { kind: 'none' },
  activeHours: false,
};

/** "At 50 likes within 24 hours it is reposted, on the next day at the same time." `platforms` are those that it goes to; none for all. */
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
