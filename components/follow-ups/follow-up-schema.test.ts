import { createTranslator } from 'next-intl';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { defaultFollowUpSchema, followUpSchema } from './follow-up-schema';
import { FIRST_RULE, labelsOf } from './rule';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'followUps' });

test('a rule that is typed is saved, and one that is switched off is none', () => {
  expect(followUpSchema.parse({ rule: FIRST_RULE }).followUpRule).toMatchObject({
    measure: 'likes',
    atLeast: 50,
  });
  expect(defaultFollowUpSchema.parse({ on: true, rule: FIRST_RULE }).followUpRule).toMatchObject({
    atLeast: 50,
  });
  expect(defaultFollowUpSchema.parse({ on: false, rule: FIRST_RULE })).toEqual({ followUpRule: null });
});

test('what is wrong is named as the fields of the form are', () => {
  const rule = {
    ...FIRST_RULE,
    atLeast: Number.NaN,
    withinHours: 0,
    action: 'follow_up',
    wait: { kind: 'hours', hours: 1_000 },
  };
  const { error } = followUpSchema.safeParse({ rule });
  const names = (error?.issues ?? []).map((issue) => issue.path.join('.'));
  expect(names).toEqual(
    expect.arrayContaining(['followUpRule.atLeast', 'followUpRule.withinHours', 'followUpRule.wait.hours']),
  );
  for (const name of names) expect(Object.keys(labelsOf(t))).toContain(name);
});
