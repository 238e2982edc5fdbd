import { createTranslator } from 'next-intl';
import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { defaultFollowUpSchema, followUpSchema } from './follow-up-schema';
import { FIRST_RULE, labelsOf } from './rule';

const t = createTranslator({ locale: 'en', messages: messagesOf('en'), namespace: 'followUps' });

test('a typed rule is saved; a rule that is switched off becomes null', () => {
  expect(followUpSchema.parse({ rule: FIRST_RULE }).followUpRule).toMatchObject({
    measure: 'likes',
    atLeast: 50,
  });
  expect(defaultFollowUpSchema.parse({ on: true, rule: FIRST_RULE }).followUpRule).toMatchObject({
    atLeast: 50,
  });
  expect(defaultFollowUpSchema.parse({ on: false, rule: FIRST_RULE })).toEqual({ followUpRule: null });
});

test('errors are named after the fields of the form', () => {
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
