import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint, isRepeat, plainAddress, REPEAT_THRESHOLD, similarity } from './similarity';

const alike = (a: string, b: string) => similarity(fingerprint(a), fingerprint(b));
const text = fc.string({ unit: 'grapheme', maxLength: 300 });

describe('the similarity of two texts', () => {
  test('is symmetric and between 0 and 1', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const s = alike(a, b);
        expect(s).toBe(alike(b, a));
        expect(s).toBeGreaterThanOrEqual(0);
        expect(s).toBeLessThanOrEqual(1);
        expect(isRepeat(fingerprint(a), fingerprint(b))).toBe(s >= REPEAT_THRESHOLD);
      }),
    );
  });

  test('is 1 for a text and itself, regardless of case and punctuation', () => {
    fc.assert(
      fc.property(text, (a) => {
        fc.pre(fingerprint(a).normalized !== '');
        expect(alike(a, a)).toBe(1);
      }),
    );
    const words = fc.array(fc.stringMatching(/^[a-z]{2,9}$/), { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.constantFrom(' ', '  ', '\n', ' — ', '! ', ', '), (all, between) => {
        expect(alike(all.join(' '), all.join(between).toUpperCase())).toBe(1);
      }),
    );
  });

  test('stays high when a letter of a sentence changes', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.nat(), fc.stringMatching(/^[a-z]$/), (all, where, letter) => {
        const whole = all.join(' ');
        const i = where % whole.length;
        for (const edited of [
          whole.slice(0, i) + letter + whole.slice(i + 1),
          whole.slice(0, i) + whole.slice(i + 1),
          whole.slice(0, i) + letter + whole.slice(i),
        ])
          expect(alike(whole, edited)).toBeGreaterThanOrEqual(REPEAT_THRESHOLD);
      }),
    );
  });

  test('is low for texts without a common word, and for different posts of one author', () => {
    const of = (letters: string) =>
      fc.array(fc.stringMatching(new RegExp(`^[${letters}]{3,9}$`)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(of('a-m'), of('n-z'), (a, b) => {
        expect(alike(a.join(' '), b.join(' '))).toBe(0);
      }),
    );
    const posts = [
      'Our autumn planner is out: fifty pages, printable, undated. Start any week you like.',
      'Five habits that made my mornings calmer. The third one costs nothing.',
      'New in the shop: hand-drawn recipe cards for people who cook by feel.',
      'Behind the scenes of the autumn planner: how the pages came to be.',
      'We tested six pens on the planner paper so that you do not have to.',
    ];
    for (const a of posts) for (const b of posts) if (a !== b) expect(alike(a, b)).toBeLessThan(0.5);
  });

  test('ignores hashtags, punctuation, tracking and small edits, but not another link or subject', () => {
    const said = 'Our autumn planner is out: fifty pages, printable. https://shop.example/planner';
    for (const again of [
      'our autumn planner is OUT — fifty pages, printable 🎉 https://www.shop.example/planner/?utm_source=x #planner #autumn',
      'Our autumn planner is here: fifty pages, printable. https://shop.example/planner',
    ])
      expect(alike(said, again)).toBeGreaterThanOrEqual(REPEAT_THRESHOLD);
    expect(
      alike(
        'New on the blog: https://blog.example/how-to-price-prints',
        'New on the blog: https://blog.example/five-quiet-mornings',
      ),
    ).toBeLessThan(REPEAT_THRESHOLD);
    // An additional or missing link does not make it a different post.
    expect(alike(said, said.replace(/ https.*/, ''))).toBe(1);
    expect(alike(said, `${said} https://shop.example/cards`)).toBe(1);
    expect(alike('#planner', '#autumn')).toBeLessThan(REPEAT_THRESHOLD);
    expect(
      alike(
        '今日の新しい手帳を紹介します。とても使いやすいです',
        '今日の新しい手帳を紹介します。とても使いやすいです！',
      ),
    ).toBe(1);
    expect(
      similarity(
        fingerprint('Look', 'https://a.example/?utm_medium=b'),
        fingerprint('look https://a.example'),
      ),
    ).toBe(1);
  });
});

test('a URL is the same with and without tracking parameters', () => {
  const plain = plainAddress('https://www.Shop.example/a/?id=3&utm_source=x&fbclid=9#top');
  expect(plain).toBe('shop.example/a?id=3');
  expect(plainAddress('shop.example/a?id=3')).toBe(plain);
  expect(plainAddress('https://shop.example/a?id=4')).not.toBe(plain);
});
