import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import {
  DOUBLE_PRIME,
  IGNORED_RANGES,
  LIGATURES,
  SAME_LETTERS,
  SPACE_RANGES,
  searchKey,
} from '@/server/foundation/search-key';

/**
 * Searches in the database that ignore case, accents and composition like `searchKey`. They give the same result on every database, because
 * they depend on no collation and no extension: `lower` and `ilike` only change ASCII letters in a database with the locale C. The text is
 * decomposed and reduced by the database, and the term becomes a regular expression with every form of each letter.
 */

const hex = (code: number) => `\\U${code.toString(16).padStart(8, '0')}`;
/** Returns what matches characters of these ranges, as an advanced regular expression of PostgreSQL. */
const rangesOf = (ranges: typeof IGNORED_RANGES) =>
  `[${ranges.map(([from, to]) => `${hex(from)}-${hex(to)}`).join('')}]+`;
const IGNORED = rangesOf(IGNORED_RANGES);
const SPACES = rangesOf(SPACE_RANGES);

/** Scripts without case (CJK, Hangul, private use) lie between these, and are skipped. */
const CASELESS: readonly (readonly [number, number])[] = [
  [0x2e80, 0xa63f],
  [0xac00, 0xfaff],
];
const LAST_CASED = 0x1ffff;

let forms: Map<string, string> | undefined;
/** Returns all letters that have the same search key, by that key. */
function formsByKey(): Map<string, string> {
  if (forms) return forms;
  forms = new Map();
  const others = new Set(SAME_LETTERS.map(([letter]) => letter));
  for (let code = 0x41; code <= LAST_CASED; code++) {
    if (CASELESS.some(([from, to]) => code >= from && code <= to)) continue;
    const letter = String.fromCodePoint(code);
    if (letter.toLowerCase() === letter && letter.toUpperCase() === letter && !others.has(letter)) continue;
    // The database has decomposed the text, so other forms do not occur.
    if (letter.normalize('NFKD') !== letter) continue;
    const key = searchKey(letter);
    if (key !== letter && [...key].length === 1) forms.set(key, (forms.get(key) ?? key) + letter);
  }
  return forms;
}

/** Where letters are composed of others that a search does not ignore: Hangul, Kana and scripts of India and Indonesia. */
const COMPOSED: readonly (readonly [number, number])[] = [
  [0x900, 0x1fff],
  [0x3040, 0x30ff],
  [0xac00, 0xac20],
  [0x11000, 0x11fff],
];
let continuations: string[] | undefined;
/** Returns the signs that compose with the letter before them to another letter, such as the voicing mark of Kana. */
function continuationsOf(letter: string): string {
  if (!continuations) {
    const found = new Set(Array.from({ length: 21 }, (_, i) => String.fromCodePoint(0x1161 + i)));
    for (const [from, to] of COMPOSED)
      for (let code = from; code <= to; code++) {
        const whole = String.fromCodePoint(code);
        const parts = [...whole.normalize('NFD')];
        const last = parts.at(-1) ?? '';
        if (parts.length > 1 && parts.join('').normalize('NFC') === whole && searchKey(last) !== '')
          found.add(last);
      }
    continuations = [...found];
  }
  return continuations.filter((sign) => (letter + sign).normalize('NFC') !== letter + sign).join('');
}

/** Returns the regular expression that finds a search key in a reduced text, in any case. */
function patternOf(key: string): string {
  const all = formsByKey();
  const letters = Array.from(key.normalize('NFKD'), (letter) => {
    if (letter === ' ') return SPACES;
    const same = all.get(letter);
    return same ? `[${same}]` : letter.replace(/[!-/:-@[-`{-~]/, '\\$&');
  });
  const next = continuationsOf([...key].at(-1) ?? '');
  return letters.join('') + (next && `(?![${next}])`);
}

/** Whether a letter that stands for two others can be part of a place where the key is found. */
const matters = (key: string, [first = '', second = '']: string): boolean =>
  key.includes(first + second) || key.startsWith(second) || key.endsWith(first);

/**
 * Returns a text decomposed and without what a search ignores. Texts of ASCII, the most frequent ones, are not processed. Of the letters
 * and signs that stand for others in another number, only those that the key needs are replaced, because each costs another pass.
 */
function reduced(text: SQLWrapper, key: string): SQL {
  const bare = sql`regexp_replace(normalize(${text}, nfkd), ${IGNORED}, '', 'g')`;
  const replaced = LIGATURES.filter(([, two]) => matters(key, two));
  if (/['"]/.test(key)) replaced.push(DOUBLE_PRIME);
  const whole = replaced.reduce((before, [one, two]) => sql`replace(${before}, ${one}, ${two})`, bare);
  return sql`case when octet_length(${text}) = char_length(${text}) then ${text} else ${whole} end`;
}

/**
 * Returns a condition on a column or an SQL text: that it contains the term, compared as by `searchKey`. `%`, `_` and the signs of regular
 * expressions stand for themselves.
 */
export function containsTerm(term: string): (text: SQLWrapper) => SQL {
  const key = searchKey(term);
  const pattern = patternOf(key);
  return (text) => sql`${reduced(text, key)} ~ ${pattern}`;
}
