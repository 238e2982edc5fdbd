import { expect, test } from 'vitest';
import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import { wordsIn } from './words';

const { say } = wordsIn('en');

test('moments, wall-clock times, money and lists are formatted for readers', () => {
  const due = fact('actions.missed.prompt', {
    count: 1,
    due: { local: '2026-03-02T09:00' },
    zone: 'Europe/Berlin',
    posts: '',
  });
  expect(say(due)).toContain('scheduled for Mon, 2 Mar 2026, 09:00 (Europe/Berlin)');
  const many = {
    fact: 'ledger.transactions.reversal',
    params: { what: { list: ['a', 'b', 'c'] }, reason: { amount: 1250, currency: 'USD' } },
  };
  expect(say(many as Fact)).toBe('Reversal of “a, b and c”: $12.50');
  const forints = { ...many, params: { ...many.params, reason: { amount: 1250, currency: 'HUF' } } };
  expect(say(forints as Fact)).toBe('Reversal of “a, b and c”: HUF\u00a012.50');
});

test('Intl names the days of the week, and verbatim texts are shown as they are', () => {
  const weekdays = { list: [{ weekday: 1 }, { weekday: 7 }] };
  expect(say(fact('scheduling.notes.weekly', { every: 1, weekdays, time: '09:00' }))).toBe(
    'Every week on Monday and Sunday at 09:00',
  );
  expect(say(verbatim('{name} ⟦'))).toBe('{name} ⟦');
});

test('a list is joined as it specifies', () => {
  const reversed = (as: 'and' | 'or' | 'space') =>
    say(fact('ledger.transactions.reversal', { what: { list: ['a', 'b'], as }, reason: 'x' }));
  expect(reversed('and')).toBe('Reversal of “a and b”: x');
  expect(reversed('or')).toBe('Reversal of “a or b”: x');
  expect(reversed('space')).toBe('Reversal of “a b”: x');
});

test.each([
  ['null', null],
  ['a kind from a newer version', { percent: 12 }],
  ['an invalid timestamp', { instant: 'soon' }],
  ['an unknown time zone', { instant: '2026-03-02T09:00:00Z', zone: 'Moon/Base' }],
  ['an invalid day of the week', { weekday: 8 }],
  ['an invalid currency', { amount: 1, currency: 'usd' }],
])('a fact with %s as a value shows its name and does not affect others', (_, reference) => {
  const odd = { fact: 'errors.internal', params: { reference } } as unknown as Fact;
  expect(say(odd)).toBe('errors.internal');
});
