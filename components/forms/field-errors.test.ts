import { expect, test } from 'vitest';
import { fieldsOf } from './field-errors';

test('names what is wrong by the path of its field', () => {
  expect(
    fieldsOf({
      title: { type: 'server', message: 'Give it a title.' },
      tags: [undefined, { type: 'too_big', message: 'Too long.' }],
      followUpRule: { wait: { hours: { type: 'server', message: 'At least one hour.' } } },
      root: { server: { type: 'server', message: 'Some fields need another look.' } },
    }),
  ).toEqual({
    title: 'Give it a title.',
    'tags.1': 'Too long.',
    'followUpRule.wait.hours': 'At least one hour.',
  });
});

test('keeps what is wrong with a list beside what is wrong with one of its entries', () => {
  const slots = Object.assign([undefined, { type: 'custom', message: 'Outside of the active hours.' }], {
    type: 'custom',
    message: 'Two posts have the same time.',
    ref: { type: 'text', message: 'not an error' },
  });
  expect(fieldsOf({ slots })).toEqual({
    slots: 'Two posts have the same time.',
    'slots.1': 'Outside of the active hours.',
  });
});

test('of a form without an error there is nothing to say', () => {
  expect(fieldsOf({})).toEqual({});
});
