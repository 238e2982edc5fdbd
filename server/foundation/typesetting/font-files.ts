import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The fonts that drawn text (PDFs, title cards) is set in: Noto by Google, one package for each script, and UnifontEX for what Noto lacks
 * (all under the SIL Open Font License). A package holds its font in pieces, each with a range of characters, so a text loads only the
 * pieces that it uses. They are read from `node_modules`, and no browser loads them.
 */

/** A file with one piece of a font. */
export interface FontFile {
  /** Unique among all files, such as `noto-sans-sc-12-wght-normal`. */
  readonly name: string;
  readonly path: string;
  /** Whether one file holds every weight. */
  readonly variable: boolean;
  /** The characters that its package promises, as inclusive ranges. The font may lack some of them. */
  readonly ranges: readonly (readonly [number, number])[];
}

const NOTO = '@fontsource-variable/noto-sans';
const LATIN_GREEK_CYRILLIC = [NOTO];
const SCRIPTS = [
  'arabic',
  'armenian',
  'bengali',
  'devanagari',
  'ethiopic',
  'georgian',
  'gujarati',
  'gurmukhi',
  'hebrew',
  'kannada',
  'khmer',
  'lao',
  'malayalam',
  'oriya',
  'sinhala',
  'tamil',
  'telugu',
  'thaana',
  'thai',
]
  .map((script) => `${NOTO}-${script}`)
  .concat('@fontsource/noto-sans-myanmar');
const SYMBOLS = ['@fontsource-variable/noto-emoji', `${NOTO}-symbols`];
const LAST = ['@fontsource/unifontex'];

/** Regions of Chinese characters: the same character is drawn differently in each. */
const HAN = {
  simplified: `${NOTO}-sc`,
  traditional: `${NOTO}-tc`,
  japanese: `${NOTO}-jp`,
  korean: `${NOTO}-kr`,
};

/** Returns the packages to try for the characters of a text, in order. */
export function packagesFor(text: string): readonly string[] {
  const first = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)
    ? HAN.japanese
    : /\p{Script=Hangul}/u.test(text)
      ? HAN.korean
      : /\p{Script=Bopomofo}/u.test(text)
        ? HAN.traditional
        : HAN.simplified;
  const han = [first, ...Object.values(HAN).filter((one) => one !== first)];
  return [...LATIN_GREEK_CYRILLIC, ...SCRIPTS, ...SYMBOLS, ...han, ...LAST];
}

const FACE = /@font-face\s*\{([^}]*)\}/g;
const EVERYTHING = [[0, 0x10ffff]] as const;

/** Parses `U+0000-00FF, U+131`. */
const parseRanges = (text: string): [number, number][] =>
  [...text.matchAll(/U\+([\dA-F]+)(?:-([\dA-F]+))?/gi)].map(([, from = '', to = from]) => [
    Number.parseInt(from, 16),
    Number.parseInt(to, 16),
  ]);

const packages = new Map<string, readonly FontFile[]>();
/** Returns the files of a font package, as its style sheet lists them. The most common characters are in the last one, so they come first. */
export function filesOf(name: string): readonly FontFile[] {
  let files = packages.get(name);
  if (!files) {
    const folder = path.join(/* turbopackIgnore: true */ process.cwd(), 'node_modules', ...name.split('/'));
    const sheet = readFileSync(path.join(/* turbopackIgnore: true */ folder, 'index.css'), 'utf8');
    files = [...sheet.matchAll(FACE)]
      .flatMap(([, face = '']): FontFile[] => {
        const file = /url\(\.\/(files\/[^)]+?\.woff2)\)/.exec(face)?.[1];
        if (!file) return [];
        const range = /unicode-range:([^;]+)/.exec(face)?.[1];
        return [
          {
            name: path.basename(file, '.woff2'),
            path: path.join(/* turbopackIgnore: true */ folder, file),
            variable: /font-weight:\s*\d+ \d+/.test(face),
            ranges: range ? parseRanges(range) : EVERYTHING,
          },
        ];
      })
      .reverse();
    packages.set(name, files);
  }
  return files;
}

/** Returns the files that may have a character, in the order of `packages`. */
export const filesWith = (codePoint: number, packages: readonly string[]): FontFile[] =>
  packages
    .flatMap(filesOf)
    .filter(({ ranges }) => ranges.some(([from, to]) => codePoint >= from && codePoint <= to));
