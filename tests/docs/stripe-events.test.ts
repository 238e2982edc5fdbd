import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STRIPE_EVENTS, subjectOf } from '@/server/domains/billing/event-subject';

test('docs/running.md lists the webhook events that the app reads', () => {
  const section =
    readFileSync('docs/running.md', 'utf8').split('\n## Payments\n')[1]?.split('\n## ')[0] ?? '';
  const listed = /```\n([\s\S]*?)```/.exec(section)?.[1]?.trim().split('\n');
  expect(listed).toEqual([...STRIPE_EVENTS]);
});

test.each(STRIPE_EVENTS)('the app reads %s', (type) => {
  const object = { customer: 'cus_1' };
  // An unknown event would be ignored, whatever is in it.
  expect(subjectOf({ id: 'evt_1', type, data: { object } }).kind).not.toBe('ignored');
  expect(subjectOf({ id: 'evt_1', type: `${type}.other`, data: { object } }).kind).toBe('ignored');
});
