import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEMO } from '@/db/seed/demo-account';
import { english } from '@/i18n/words';
import { assertNotGuessable } from './password-strength';
import { passwordSchema } from './schemas';

const OWNER = { name: 'Zoë Lindqvist Ng', email: 'river.song@lantern-works.example' };
/** Returns the error shown at the field, or null if the password is accepted. */
const said = (password: string, owner = OWNER) =>
  assertNotGuessable(password, owner).then(
    () => null,
    (e) => english(e.fields.password),
  );

describe('a password that satisfies the rules', () => {
  // All of these have an uppercase letter, a lowercase letter, a digit and a special character.
  it.each([
    'P@ssw0rd',
    'Password1!',
    'Password123!',
    'Qwerty123!',
    'Welcome1!',
    'Abcd1234!',
    'Iloveyou1!',
    'Letmein!1',
    'Admin@123',
    'Trustno1!',
    'Passw0rd!23',
    'Changeme!1',
    'Football#10',
    'Monkey-1234',
    'Passwort1!',
    'Azerty123!',
    'Sommer2025!',
    'Summer2026!',
    'Winter-2026',
    'Company@2026',
    'Jennifer-1984',
    'Liverpool1!',
    DEMO.password,
    '1qaz@WSX',
    '!QAZ2wsx',
    'Zaq1@wsx',
    'Ab1!Ab1!Ab1!',
    'Aa1!aaaaaaaaaaaa',
    'Password-Password-1',
    'Ｐ@ssw0rd',
  ])('is rejected if it is easy to guess: %s', async (password) => {
    expect(await said(password)).toMatch(/three or four unrelated words/);
  });

  it.each([
    ['Lindqvist-kettle-boat-7', 'your name'],
    ['kettle-L1ndqv1st-boat-7', 'your name'],
    ['Zoe-kettle-boat-lamp-77', 'your name'],
    ['Kettle.Ng.boat-lamp-77', 'your name'],
    ['Kettle-river-boat-41', 'e-mail address'],
    ['Kettle-boat-Lantern-41', 'e-mail address'],
    ['TributaryKettleBoat-41', 'this product'],
    ['Kettle-Tr1but@ry-boat-4', 'this product'],
  ])('is rejected if it contains personal details: %s', async (password, what) => {
    expect(await said(password)).toContain(what);
  });

  it.each([
    'Kettle-boat-1843',
    'Correct-horse-7',
    'Monday-coffee-12',
    'Kj7#qPw9zT',
    'Englisch-Tasse-58',
    'mein Fahrrad ist 7 Jahre alt, Anna!',
    'Ключ-лампа-Река-5',
  ])('is accepted if it is hard to guess: %s', async (password) => {
    expect(await said(password)).toBeNull();
  });

  it('does not mistake a short name inside another word for the name', async () => {
    expect(await said('Song-kettle-angle-boat-5', { name: 'Ng Al', email: 'a@b.example' })).toBeNull();
  });

  it('is checked against any owner, however odd, and random passwords are accepted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.array(fc.constantFrom(...'bcdfghjkmpqrtvwxzBCDFGHJKMPQRTVWXZ'), { minLength: 16, maxLength: 16 }),
        async (name, local, letters) => {
          const random = `${letters.slice(0, 8).join('')}-7${letters.slice(8).join('')}Aa`;
          const owner = {
            name: name.replace(/[a-z0-9]/gi, ''),
            email: `${local.replace(/[a-z0-9]/gi, '')}@x.example`,
          };
          expect(passwordSchema.safeParse(random).success).toBe(true);
          expect(await said(random, owner)).toBeNull();
        },
      ),
      { numRuns: 20 },
    );
  });
});
