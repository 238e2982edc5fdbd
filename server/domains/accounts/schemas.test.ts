import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passwordSchema } from './schemas';

describe('the password rules', () => {
  const upper = fc.constantFrom(...'ABCXYZÄÉΩ');
  const lower = fc.constantFrom(...'abcxyzäéω');
  const digit = fc.constantFrom(...'0123456789');
  const special = fc.constantFrom(...'-!?.,:;#+*@€§$%&/()=_');
  const any = fc.oneof(upper, lower, digit, special);

  it('accept at least one character of each class, in any order, and at least eight in all', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(upper, lower, digit, special, fc.array(any, { minLength: 4, maxLength: 60 }))
          .chain(([u, l, d, s, rest]) =>
            fc.shuffledSubarray([u, l, d, s, ...rest], {
              minLength: rest.length + 4,
              maxLength: rest.length + 4,
            }),
          ),
        (characters) => passwordSchema.safeParse(characters.join('')).success,
      ),
    );
  });
  it.each([
    ['upper', fc.oneof(lower, digit, special)],
    ['lower', fc.oneof(upper, digit, special)],
    ['digit', fc.oneof(upper, lower, special)],
    ['special', fc.oneof(upper, lower, digit)],
  ])('reject a password without %s, whatever its length', (_, without) => {
    fc.assert(
      fc.property(fc.array(without, { minLength: 8, maxLength: 60 }), (characters) => {
        return !passwordSchema.safeParse(characters.join('')).success;
      }),
    );
  });
  it('reject seven characters and more than two hundred', () => {
    expect(passwordSchema.safeParse('Abcde-7').success).toBe(false);
    expect(passwordSchema.safeParse('Abcdef-7').success).toBe(true);
    expect(passwordSchema.safeParse(`Abcdef-7${'x'.repeat(193)}`).success).toBe(false);
  });
});
