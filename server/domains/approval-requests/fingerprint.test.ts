import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FingerprintedPublication, fingerprintOf } from './fingerprint';

const word = fc.string({ maxLength: 12 });
const link = fc.option(fc.webUrl(), { nil: null });
const part = fc.record({ text: word, link: fc.option(fc.webUrl(), { nil: undefined }) });
const picture = fc.record({
  fileId: word,
  alt: word,
  kind: fc.constant('picture' as const),
  mime: fc.constant('image/png'),
  bytes: fc.constant(1),
  width: fc.constant(1),
  height: fc.constant(1),
  durationMs: fc.constant(null),
});
const fields = {
  id: word,
  connectionId: word,
  text: word,
  link,
  parts: fc.array(part, { maxLength: 3 }),
  media: fc.array(picture, { maxLength: 3 }),
  options: fc.dictionary(word, fc.oneof(word, fc.boolean(), fc.record({ value: word, label: word })), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  dueAt: fc.date({ noInvalidDate: true }),
  localTime: word,
  timeZone: word,
};
const shown: fc.Arbitrary<FingerprintedPublication> = fc.record({
  ...fields,
  state: fc.constant('awaiting_approval' as const),
  setAsideFrom: fc.constant(null),
});
/** Compares values as they are stored: omitted and undefined properties are equal. */
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

test.each(Object.keys(fields) as (keyof typeof fields)[])(
  'changing the %s of a pending publication changes the fingerprint',
  (field) => {
    fc.assert(
      fc.property(
        fc.array(shown, { maxLength: 2 }),
        shown,
        fields[field] as fc.Arbitrary<unknown>,
        (others, one, value) => {
          fc.pre(!same(one[field], value));
          expect(fingerprintOf([...others, { ...one, [field]: value }], [])).not.toBe(
            fingerprintOf([...others, one], []),
          );
        },
      ),
    );
  },
);

test.each([
  ['changing the text of a part', { parts: [{ text: 'Other', link: 'https://a.test' }] }],
  ['changing the link of a part', { parts: [{ text: 'Part', link: 'https://b.test' }] }],
  ['removing the link of a part', { parts: [{ text: 'Part' }] }],
] as const)('%s changes the fingerprint', (_, { parts }) => {
  const [one] = fc.sample(shown, 1);
  if (!one) throw new Error('no sample');
  const before = { ...one, parts: [{ text: 'Part', link: 'https://a.test' }] };
  expect(fingerprintOf([{ ...one, parts: [...parts] }], [])).not.toBe(fingerprintOf([before], []));
});

test('adding or removing a pending publication changes the fingerprint; order and publications that are not pending do not', () => {
  fc.assert(
    fc.property(fc.array(shown, { minLength: 1, maxLength: 4 }), (all) => {
      const whole = fingerprintOf(all, []);
      expect(fingerprintOf([...all].reverse(), [])).toBe(whole);
      expect(fingerprintOf(all.slice(1), [])).not.toBe(whole);
      expect(
        fingerprintOf(
          all.map((one, i) => (i === 0 ? { ...one, state: 'cancelled' } : one)),
          [],
        ),
      ).toBe(fingerprintOf(all.slice(1), []));
    }),
  );
});
