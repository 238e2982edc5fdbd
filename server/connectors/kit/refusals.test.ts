import { expect, it } from 'vitest';
import { plain } from '@/tests/support/plain';
import { meaningsOn, readRules, rejected, removal, unlessGone } from './refusals';
import { ConnectorFault, GONE } from './types';

const means = meaningsOn('Sample');
const [one, two, three] = ['one', 'two', 'three'].map((code) => rejected(code, plain(code)));
const rules = [
  { status: 404, means: null },
  { status: [403, 429], codes: ['blocked', 7], means: one ?? null },
  { status: 403, codes: [8], words: /plan/i, means: two ?? null },
  { words: /too long/i, means: three ?? null },
];
const fault = (vendorCode: string) => () =>
  Promise.reject(new ConnectorFault('rejected', plain('No'), { vendorCode }));

it('reads a refusal by the first rule of which everything fits', () => {
  expect(readRules(rules, { status: 404, words: 'Too long' })).toBeNull();
  expect(readRules(rules, { status: 429, codes: [undefined, 7], words: 'Too long' })).toBe(one);
  expect(readRules(rules, { status: 403, codes: [8], words: 'Your plan' })).toBe(two);
  expect(readRules(rules, { status: 403, codes: [8], words: 'Too long' })).toBe(three);
  expect(readRules(rules, { status: 400, codes: ['blocked'] })).toBeUndefined();
});

it('says what refusals mean, with a code or a wait only if there is one', () => {
  expect(means.ended()).toEqual({ kind: 'reauth', fact: expect.toSay('Sample') });
  expect(means.slowDown('day', 9)).toMatchObject({ kind: 'rate_limited', vendorCode: 'day', retryAfter: 9 });
  expect(means.slowDown()).not.toHaveProperty('retryAfter');
  expect(means.forbidden(plain('No'))).toMatchObject({
    kind: 'reauth',
    vendorCode: 'scope',
    forbidden: true,
  });
  expect(means.installation('key')).toMatchObject({ kind: 'transient', installation: true });
});

it('takes only the platform’s own report for gone', async () => {
  expect(await removal(() => Promise.resolve(true))).toEqual({ removed: true });
  expect(await removal(fault(GONE))).toEqual({ removed: false });
  await expect(removal(fault('404'))).rejects.toThrow('No');
  expect(await unlessGone(fault('100/33'), null, (code) => code === '100/33')).toBeNull();
  await expect(unlessGone(() => Promise.reject(new TypeError('odd')), null)).rejects.toThrow('odd');
});
