import bidiFactory from 'bidi-js';
import { type FontFile, filesWith, packagesFor } from './font-files';
import { graphemeEnds, lineBreaks } from './line-breaks';
import { DIRECTION_CONTROLS, type Glyph, IGNORABLE, LoadedFont, type Weight } from './loaded-font';

/**
 * Sets texts in every script: chooses a font for each character, orders right-to-left text (UAX #9), shapes it (HarfBuzz) and breaks it into
 * lines (UAX #14). PDFs and pictures draw the result.
 */

export interface Style {
  /** Size of the font, in points or pixels. */
  readonly size: number;
  readonly weight: Weight;
}

/** Glyphs of one font and one direction, in the order in which they are drawn. */
export interface Run {
  readonly font: LoadedFont;
  readonly glyphs: readonly Glyph[];
  readonly direction: 'ltr' | 'rtl';
  /** Its characters in reading order. */
  readonly text: string;
  /** Distance of the run's left edge from the line's. */
  readonly left: number;
}

export interface Line {
  /** The line's characters in reading order. */
  readonly text: string;
  readonly runs: readonly Run[];
  /** The direction of the paragraph, which follows its first letter. */
  readonly direction: 'ltr' | 'rtl';
  readonly size: number;
  readonly width: number;
  readonly height: number;
  /** Distance of the base line from the line's upper edge. */
  readonly baseline: number;
}

interface Piece {
  start: number;
  end: number;
  file: FontFile;
}

interface Part {
  start: number;
  end: number;
  /** Embedding level (UAX #9). */
  level: number;
  direction: 'ltr' | 'rtl';
  font: LoadedFont;
}

const SPACE = /^[ \u00a0]$/;
const bidi = bidiFactory();
/** Height of a line in sizes of its font, unless its script needs more. */
const LEADING = 1.3;

/** Composes a text for one paragraph: no control characters, no half of a surrogate pair, white space that wraps. */
const paragraphOf = (text: string): string =>
  text
    .replace(/\p{Cs}/gu, '\ufffd')
    .normalize('NFC')
    .replace(/[\t-\r\u0085\u2028\u2029]+/g, ' ')
    .replace(/\p{Cc}/gu, '');

/** A character that no font has is written as its code point, so that it is not lost. */
const codePointName = (character: string): string =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;

export class Typesetter {
  readonly #fonts = new Map<string, LoadedFont>();
  /** Characters that a file lacks although its package promises them, as `file character`. */
  readonly #lacking = new Set<string>();
  /** Characters that no font has. */
  readonly #unknown = new Set<string>();
  readonly #candidates = new Map<string, FontFile[]>();

  private constructor() {}

  /** Loads the fonts for texts. Only these texts can then be set, each in its weight. */
  static async open(texts: Iterable<{ text: string; weight: Weight }>): Promise<Typesetter> {
    const typesetter = new Typesetter();
    const all = [...texts];
    // A font may lack a character, and an unknown character is written as others, so loading can take several rounds.
    while (!(await typesetter.#load(all)));
    return typesetter;
  }

  /** Loads what the texts need and is not loaded. Returns whether nothing was missing. */
  async #load(texts: readonly { text: string; weight: Weight }[]): Promise<boolean> {
    const needed = new Map<string, { file: FontFile; weight: Weight; characters: Set<string> }>();
    const unknown = this.#unknown.size;
    for (const { text, weight } of texts) {
      const written = this.#written(text);
      for (const { start, end, file } of this.#pieces(written)) {
        const key = `${file.name} ${weight}`;
        const entry = needed.get(key) ?? { file, weight, characters: new Set<string>() };
        needed.set(key, entry);
        for (const character of written.slice(start, end)) {
          entry.characters.add(character);
          const mirrored = bidi.getMirroredCharacter(character);
          if (mirrored) entry.characters.add(mirrored);
        }
      }
    }
    let complete = this.#unknown.size === unknown;
    for (const [key, { file, weight, characters }] of needed) {
      const loaded = this.#fonts.get(key);
      if (loaded && [...characters].every((character) => loaded.characters.has(character))) continue;
      const font = await LoadedFont.load(
        file,
        weight,
        new Set([...(loaded?.characters ?? []), ...characters]),
      );
      if (font) this.#fonts.set(key, font);
      for (const character of characters) {
        if (font && (IGNORABLE.test(character) || font.has(character))) continue;
        this.#lacking.add(`${file.name} ${character}`);
        complete = false;
      }
    }
    return complete;
  }

  /** Returns the text as it is written: a character that no font has is named. */
  #written(text: string): string {
    let written = '';
    for (const character of paragraphOf(text))
      written += this.#unknown.has(character) ? codePointName(character) : character;
    return written;
  }

  #filesFor(character: string, packages: readonly string[]): FontFile[] {
    const key = `${packages.join()} ${character}`;
    let files = this.#candidates.get(key);
    if (!files) {
      files = filesWith(character.codePointAt(0) ?? 0, packages);
      this.#candidates.set(key, files);
    }
    return files.filter((file) => !this.#lacking.has(`${file.name} ${character}`));
  }

  /** Divides a text by the file in which it is set. What a user sees as one character is set in one file, if one has all of it. */
  #pieces(text: string): Piece[] {
    const packages = packagesFor(text);
    const pieces: Piece[] = [];
    const add = (start: number, end: number, file: FontFile | undefined) => {
      const last = pieces.at(-1);
      if (last && (!file || last.file === file)) last.end = end;
      else if (file) pieces.push({ start: last ? start : 0, end, file });
    };
    let start = 0;
    for (const end of graphemeEnds(text)) {
      const characters = [...text.slice(start, end)];
      const drawn = characters.filter((character) => !IGNORABLE.test(character));
      const last = pieces.at(-1)?.file;
      if (last && SPACE.test(text.slice(start, end)) && !this.#lacking.has(`${last.name} ${characters[0]}`)) {
        // A space belongs to the word before it, so that the words of a text are set together.
        add(start, end, last);
        start = end;
        continue;
      }
      const [first, ...others] = drawn.map((character) => this.#filesFor(character, packages));
      const whole = first?.find((file) => others.every((files) => files.includes(file)));
      if (drawn.length === 0 || whole) add(start, end, whole);
      else {
        let at = start;
        for (const character of characters) {
          const ignorable = IGNORABLE.test(character);
          const file = ignorable ? undefined : this.#filesFor(character, packages)[0];
          if (!file && !ignorable) this.#unknown.add(character);
          add(at, at + character.length, file);
          at += character.length;
        }
      }
      start = end;
    }
    return pieces;
  }

  /** Breaks a text into lines of at most `width`. An empty text is one empty line. */
  lines(text: string, style: Style, width = Number.POSITIVE_INFINITY): Line[] {
    const written = this.#written(text);
    const { levels, direction } = levelsOf(written);
    const parts = this.#parts(written, levels, style.weight);
    const paragraph = { text: written, parts, direction };
    const advances = new Float64Array(written.length);
    for (const part of parts) {
      const scale = style.size / part.font.unitsPerEm;
      for (const glyph of part.font.shape(written.slice(part.start, part.end), part.direction))
        advances[part.start + glyph.index] =
          (advances[part.start + glyph.index] ?? 0) + glyph.advance * scale;
    }
    const measure = (from: number, to: number) =>
      advances
        .subarray(from, from + written.slice(from, to).trimEnd().length)
        .reduce((sum, one) => sum + one, 0);
    const lines: Line[] = [];
    const breaks = lineBreaks(written);
    const ends = graphemeEnds(written);
    let start = 0;
    while (start < written.length) {
      const from = start;
      const fits = (end: number) => end > from && measure(from, end) <= width + 0.01;
      const end =
        breaks.findLast(fits) ?? ends.findLast(fits) ?? ends.find((one) => one > from) ?? written.length;
      lines.push(lineOf(paragraph, from, end, style.size));
      start = end;
    }
    return lines.length > 0 ? lines : [lineOf(paragraph, 0, 0, style.size)];
  }

  /** Sets a text on one line of at most `width`, in a smaller size if necessary. */
  fitted(text: string, style: Style, width: number): Line {
    const [line] = this.lines(text, style);
    if (!line) throw new Error('A text has at least one line');
    if (line.width <= width) return line;
    return this.lines(text, { ...style, size: (style.size * width) / line.width })[0] ?? line;
  }

  /** Divides a text by font and direction, in reading order. */
  #parts(text: string, levels: Uint8Array, weight: Weight): Part[] {
    return this.#pieces(text).flatMap(({ start, end, file }) => {
      const font = this.#fonts.get(`${file.name} ${weight}`);
      if (!font) throw new Error('A text was not announced to the typesetter');
      const parts: Part[] = [];
      for (let at = start; at < end; at++) {
        const level = levels[at] ?? 0;
        const last = parts.at(-1);
        if (last?.level === level) last.end = at + 1;
        else parts.push({ start: at, end: at + 1, level, direction: level % 2 ? 'rtl' : 'ltr', font });
      }
      return parts;
    });
  }
}

/** Sets a part of a paragraph as a line. White space at its end takes no room. */
function lineOf(
  { text, parts, direction }: { text: string; parts: readonly Part[]; direction: 'ltr' | 'rtl' },
  start: number,
  end: number,
  size: number,
): Line {
  const shown = text.slice(start, end).trimEnd();
  const last = start + shown.length;
  const inLine = parts
    .filter((part) => part.start < last && part.end > start)
    .map((part) => ({ ...part, start: Math.max(part.start, start), end: Math.min(part.end, last) }));
  let left = 0;
  let ascent = 0;
  let descent = 0;
  const runs = inVisualOrder(inLine).map(({ font, direction, start, end }): Run => {
    const scale = size / font.unitsPerEm;
    const written = text.slice(start, end);
    const glyphs = font.shape(written, direction);
    const run = { font, glyphs, direction, text: written.replace(DIRECTION_CONTROLS, ''), left };
    left += glyphs.reduce((sum, { advance }) => sum + advance, 0) * scale;
    ascent = Math.max(ascent, font.ascent * scale);
    descent = Math.max(descent, -font.descent * scale);
    return run;
  });
  const height = Math.max(LEADING * size, ascent + descent);
  const baseline = runs.length > 0 ? (height - ascent - descent) / 2 + ascent : size;
  return { text: shown, runs, direction, size, width: left, height, baseline };
}

const BEYOND_BMP = /[\u{10000}-\u{10ffff}]/gu;
/** Returns the embedding level of each UTF-16 code unit, and the direction of the whole, which follows the first letter. */
function levelsOf(text: string): { levels: Uint8Array; direction: 'ltr' | 'rtl' } {
  // The library looks at each half of a surrogate pair, so a character beyond the BMP is replaced by two of its kind.
  const known = text.replace(BEYOND_BMP, (character) => {
    if (/[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(character)) return 'אא';
    return /[\p{L}\p{N}]/u.test(character) ? 'aa' : '☀☀';
  });
  const { levels, paragraphs } = bidi.getEmbeddingLevels(known, 'auto');
  return { levels, direction: (paragraphs[0]?.level ?? 0) % 2 ? 'rtl' : 'ltr' };
}

/** Orders the parts of a line from left to right: from the highest level down to 1, sequences of at least that level are reversed (L2). */
function inVisualOrder<T extends { level: number }>(parts: readonly T[]): T[] {
  const ordered = [...parts];
  const highest = Math.max(0, ...ordered.map(({ level }) => level));
  for (let level = highest; level >= 1; level--)
    for (let start = 0; start < ordered.length; ) {
      let end = start;
      while ((ordered[end]?.level ?? 0) >= level && end < ordered.length) end++;
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end + 1;
    }
  return ordered;
}
