import { expect, test } from 'vitest';
import { fieldsOf } from './field-errors';

test('names errors by the path of their field', () => {
  expect(
    fieldsOf({
      title: { type: 'server', message: 'Enter a title.' },
      tags: [undefined, { type: 'too_big', message: 'Too long.' }],
      followUpRule: { wait: { hours: { type: 'server', message: 'At least one hour.' } } },
      root: { server: { type: 'server', message: 'Some fields need fixing.' } },
    }),
  ).toEqual({
    title: 'Enter a title.',
    'tags.1': 'Too long.',
    'followUpRule.wait.hours': 'At least one hour.',
  });
});

test('keeps the error of a list along with an error of one of its entries', () => {
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

test('returns nothing for a form without errors', () => {
  expect(fieldsOf({})).toEqual({});
});
