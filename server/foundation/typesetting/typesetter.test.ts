import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { SCRIPT_SAMPLES } from '@/tests/support/script-samples';
import { isolated } from '../bidi-text';
import { filesOf, packagesFor } from './font-files';
import { LoadedFont } from './loaded-font';
import { type Line, Typesetter } from './typesetter';

const STYLE = { size: 10, weight: 400 } as const;
const linesOf = async (text: string, width?: number): Promise<Line[]> =>
  (await Typesetter.open([{ text, weight: 400 }])).lines(text, STYLE, width);
/** The characters of a line from left to right. */
const shown = (line: Line | undefined) =>
  line?.runs.flatMap(({ glyphs }) => glyphs.map(({ text }) => text)).join('') ?? '';

test.each(Object.entries(SCRIPT_SAMPLES))('%s: every character has a glyph', async (_, text) => {
  for (const weight of [400, 700] as const) {
    const typesetter = await Typesetter.open([{ text, weight }]);
    const [line] = typesetter.lines(text, { size: 10, weight });
    expect(line?.runs.flatMap(({ glyphs }) => glyphs).filter(({ id }) => id === 0)).toEqual([]);
    expect(line?.width).toBeGreaterThan(10);
  }
});

test('every font file can be reduced, also to characters that it lacks', { timeout: 120_000 }, async () => {
  for (const file of packagesFor('').flatMap(filesOf)) {
    expect(await LoadedFont.load(file, 400, new Set('\u{10fffd}'))).toBeNull();
    // The package may promise a character that the font lacks, so only a failure counts.
    const promised = String.fromCodePoint(Math.max(0x20, file.ranges[0]?.[0] ?? 0));
    await LoadedFont.load(file, 400, new Set(promised));
  }
});

test('right-to-left words are drawn from right to left, and the sentence around them stays in order', async () => {
  const [line] = await linesOf(`Approved: ${isolated('שלום 12')} (3)`);
  expect(shown(line)).toBe('Approved: 12 םולש (3)');
  const [hebrew] = await linesOf('שלום (abc) 12');
  expect(shown(hebrew)).toBe('12 (abc) םולש');
  expect(hebrew?.direction).toBe('rtl');
});

test('Arabic letters join: the same letter has other forms within a word', async () => {
  const [alone] = await linesOf('ب');
  const [joined] = await linesOf('ببب');
  const forms = new Set(
    joined?.runs.flatMap(({ glyphs }) => glyphs.map(({ id, width }) => `${id} ${width}`)),
  );
  expect(forms.size).toBeGreaterThan(1);
  expect(joined?.width).not.toBeCloseTo(3 * (alone?.width ?? 0), 3);
});

test('a Devanagari conjunct is narrower than its letters, and the vowel i stands before its consonant', async () => {
  const [apart] = await linesOf('क\u200cष');
  const [conjunct] = await linesOf('क्ष');
  expect(conjunct?.runs.flatMap(({ glyphs }) => glyphs).length).toBeLessThan(
    apart?.runs.flatMap(({ glyphs }) => glyphs).length ?? 0,
  );
});

test('a tone mark above a Thai vowel is raised', async () => {
  const [line] = await linesOf('ที่');
  const marks = line?.runs.flatMap(({ glyphs }) => glyphs).filter(({ advance }) => advance === 0) ?? [];
  expect(marks.length).toBe(2);
  expect(marks[0]?.id === marks[1]?.id && marks[0]?.y === marks[1]?.y).toBe(false);
});

test('text without spaces wraps, never within a character', async () => {
  for (const text of [
    '每周计划表与家庭预算模板合集含可打印的日历购物清单',
    'แผนรายสัปดาห์และงบประมาณครอบครัวพร้อมปฏิทินที่พิมพ์ได้',
    'https://example.com/a-very-long-address-without-any-space',
    '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧',
  ]) {
    const lines = await linesOf(text, 60);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map((line) => line.text).join('')).toBe(text);
    for (const line of lines) {
      expect(line.width).toBeLessThanOrEqual(60.5);
      expect(line.text).not.toMatch(/^[\p{M}\u200d]/u);
    }
  }
});

const LONG_TITLES = {
  Latin: 'Weekly planner for busy families with a calendar '.repeat(3),
  'one word': 'Wochenplaner'.repeat(12),
  Tibetan: 'བཀྲ་ཤིས་བདེ་ལེགས་ཞུས་པའི་དཔེ་ཆ་'.repeat(5),
  Chinese: '每周计划表与家庭预算模板合集含可打印的日历购物清单'.repeat(6),
  Arabic: 'مخطط أسبوعي 2026 للعائلة '.repeat(6),
  mixed: 'Planner מתכנן planificador 計画 แผนรายสัปดาห์ '.repeat(4),
  short: 'Planner',
  empty: '',
};
const SIZES = [24, 28, 32, 36, 40, 44, 48, 60, 72, 84, 96, 108] as const;

test.each(Object.entries(LONG_TITLES))(
  '%s: fits a text into a box, shaping it once and each line once',
  async (_, given) => {
    const text = given.slice(0, 140);
    const box = { width: 930, height: 440 };
    const typesetter = await Typesetter.open([{ text, weight: 400 }]);
    const heightIn = (size: number) =>
      typesetter.lines(text, { size, weight: 400 }, box.width).reduce((sum, { height }) => sum + height, 0);
    const size = SIZES.findLast((one) => heightIn(one) <= box.height) ?? SIZES[0];
    const expected = typesetter.lines(text, { size, weight: 400 }, box.width);
    const whole = typesetter.lines(text, { size, weight: 400 });

    const shape = vi.spyOn(LoadedFont.prototype, 'shape');
    const lines = typesetter.boxed(text, 400, SIZES, box);
    const shaped = shape.mock.calls.map(([part]) => part).join('').length;
    const calls = shape.mock.calls.length;
    shape.mockRestore();
    expect(lines).toEqual(expected);
    const runsOf = (of: readonly Line[]) => of.flatMap(({ runs }) => runs).length;
    expect(calls).toBe(runsOf(whole) + runsOf(lines));
    expect(shaped).toBeLessThanOrEqual(2 * text.length);
  },
);

test('a text that fits into a box in no size is set in the smallest', async () => {
  const typesetter = await Typesetter.open([{ text: LONG_TITLES.Latin, weight: 400 }]);
  const lines = typesetter.boxed(LONG_TITLES.Latin, 400, SIZES, { width: 100, height: 50 });
  expect(lines[0]?.size).toBe(24);
  expect(lines.map(({ text }) => text).join(' ')).toBe(LONG_TITLES.Latin.trim());
});

test('no text makes it fail, and no character gets lost', { timeout: 60_000 }, async () => {
  const word = fc.oneof(
    fc.constantFrom(...Object.values(SCRIPT_SAMPLES).flatMap((sample) => sample.split(' '))),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const texts = fc.array(fc.array(word, { maxLength: 6 }), { minLength: 8, maxLength: 8 });
  await fc.assert(
    // Loading the fonts takes longest, so a run sets several texts.
    fc.asyncProperty(texts, fc.integer({ min: 5, max: 200 }), async (given, width) => {
      const written = given.map((words) => words.join(' '));
      const typesetter = await Typesetter.open(written.map((text) => ({ text, weight: STYLE.weight })));
      for (const text of written) {
        const lines = typesetter.lines(text, STYLE, width);
        const read = lines.map((line) => line.text).join('');
        for (const character of text.normalize('NFC')) {
          if (/[\s\p{Cc}\p{Cs}]/u.test(character)) continue;
          const name = `[U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`;
          expect(read.includes(character) || read.replaceAll(/\s/g, '').includes(name)).toBe(true);
        }
        for (const line of lines)
          for (const { glyphs } of line.runs) expect(glyphs.every(({ id }) => id !== 0)).toBe(true);
      }
    }),
    { numRuns: 6 },
  );
});
