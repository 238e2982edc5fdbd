import { createTranslator } from 'next-intl';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { FIRST_RULE, type Rule, ruleInWords } from './rule';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'followUps' });

test.each([
  [{}, 'x', 'At 50 likes within 24 hours, it is reposted.'],
  [{}, 'facebook x', 'At 50 likes within 24 hours, it is reposted (on Facebook, shared as a new post).'],
  [{}, '', 'At 50 likes within 24 hours, it is reposted (elsewhere, shared as a new post).'],
  [
    {},
    'facebook linkedin x',
    'At 50 likes within 24 hours, it is reposted (elsewhere, shared as a new post).',
  ],
  [{}, 'facebook', 'At 50 likes within 24 hours, it is shared as a new post.'],
  [
    { action: 'follow_up', text: 'Thanks', measure: 'replies', atLeast: 1, withinHours: 1 },
    'facebook',
    'At 1 reply within 1 hour, your comment is posted under it.',
  ],
  [
    { wait: { kind: 'next_day' }, activeHours: true },
    'x',
    'At 50 likes within 24 hours, it is reposted, the next day at the same time, during active hours.',
  ],
  [
    { action: 'follow_up', wait: { kind: 'hours', hours: 3 } },
    'x',
    'At 50 likes within 24 hours, your follow-up is posted under it, 3 hours later.',
  ],
] as [Partial<Rule>, string, string][])('the rule %o on %s as text', (change, platforms, words) => {
  expect(ruleInWords(t, { ...FIRST_RULE, ...change }, platforms.split(' ').filter(Boolean))).toBe(words);
});
