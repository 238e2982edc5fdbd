import { expect, test } from 'vitest';
import en from '@/i18n/messages/en';

const messagesIn = (value: unknown, path: string[] = []): [string, string][] =>
  typeof value === 'string'
    ? [[path.join('.'), value]]
    : Object.entries(value as object).flatMap(([key, inner]) => messagesIn(inner, [...path, key]));

/** Whether a message consists of a single parameter, possibly in tags. Code should show such a value itself. */
const passesThrough = (message: string): boolean => /^\s*(<\w+>)?\s*\{\w+\}\s*(<\/\w+>)?\s*$/.test(message);

const named = (options: Intl.DateTimeFormatOptions, of: (i: number) => number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' }).format(of(i)),
  );
const NAMES = (['long', 'short'] as const).flatMap((style) => [
  ...named({ weekday: style }, (i) => Date.UTC(2024, 0, 1 + i), 7),
  ...named({ month: style }, (i) => Date.UTC(2024, i, 1), 12),
]);
/** “May” is also an ordinary word. */
const NAMED = new RegExp(`\\b(${NAMES.filter((name) => name !== 'May').join('|')})\\b`);

/** The message for facts that are shown together, because only a message can contain a list of them. */
const LIST_OF_FACTS = 'facts.planning.problems.several';

test('no message consists of only a parameter', () => {
  expect(messagesIn(en).filter(([key, message]) => key !== LIST_OF_FACTS && passesThrough(message))).toEqual(
    [],
  );
  expect(['{name}', '<b>{name}</b>', ' {name} '].every(passesThrough)).toBe(true);
  expect(['{name}.', '{a} {b}', '{count, number}'].some(passesThrough)).toBe(false);
});

test('no message names a day of the week or a month, because Intl knows them in every language', () => {
  expect(messagesIn(en).filter(([, message]) => NAMED.test(message))).toEqual([]);
  for (const text of ['Until Tue, 18:00', 'Money in July', '{day, select, 1 {Monday} other {}}'])
    expect(NAMED.test(text), text).toBe(true);
});
