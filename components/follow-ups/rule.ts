import type { PublicationItem } from '@/components/trpc/outputs';

export type Rule = NonNullable<PublicationItem['boost']>;

/** The fields of a rule's form, for its summary of errors. */
export const LABELS = {
  'boost.atLeast': 'At least',
  'boost.withinHours': 'Within hours',
  'boost.text': 'The words',
  'boost.wait.hours': 'Hours',
};

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

const many = (n: number, one: string, more = `${one}s`) =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : more}`;
const MEASURE = {
  likes: ['like', 'likes'],
  replies: ['reply', 'replies'],
  reposts: ['repost', 'reposts'],
} as const;

/** "At 50 likes within 24 hours it is reposted, on the next day at the same time." `platforms` are those that it goes to; none for all. */
export function ruleInWords(rule: Rule, platforms: readonly string[]): string {
  const [one, more] = MEASURE[rule.measure];
  const facebook = platforms.length === 0 || platforms.includes('facebook');
  const others = platforms.length === 0 || platforms.some((platform) => platform !== 'facebook');
  const what =
    rule.action === 'follow_up'
      ? others
        ? 'your follow-up is posted under it'
        : 'your comment is posted under it'
      : others
        ? `it is reposted${facebook ? ' (on Facebook shared as a new post)' : ''}`
        : 'it is shared as a new post';
  const wait = { none: '', next_day: ', on the next day at the same time', hours: '' }[rule.wait.kind];
  const later = rule.wait.kind === 'hours' ? `, ${many(rule.wait.hours, 'hour')} later` : wait;
  return `At ${many(rule.atLeast, one, more)} within ${many(rule.withinHours, 'hour')} ${what}${later}${rule.activeHours ? ', in your active hours' : ''}.`;
}
