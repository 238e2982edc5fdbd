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
interface Run {
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

/** A text without line breaks, shaped and measured. */
interface Paragraph {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly direction: 'ltr' | 'rtl';
  /** The width of what stands before each position, in sizes of the font. */
  readonly before: Float64Array;
  /** For each position, where a line that ends there is seen to end: white space at its end takes no room. */
  readonly seen: Uint32Array;
  /** Where a line may end, and where it may if a word is wider than a line. */
  readonly breaks: readonly number[];
  readonly graphemes: readonly number[];
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
  lines(text: string, { size, weight }: Style, width = Number.POSITIVE_INFINITY): Line[] {
    return linesOf(this.#paragraph(text, weight), size, width);
  }

  /** Sets a text on one line of at most `width`, in a smaller size if necessary. */
  fitted(text: string, { size, weight }: Style, width: number): Line {
    const paragraph = this.#paragraph(text, weight);
    const line = lineOf(paragraph, 0, paragraph.text.length, size);
    if (line.width <= width) return line;
    return lineOf(paragraph, 0, paragraph.text.length, (size * width) / line.width);
  }

  /**
   * Breaks a text into lines that fit into a box, in the largest of `sizes` in which they do, or else in the smallest. The sizes are in
   * ascending order.
   */
  boxed(
    text: string,
    weight: Weight,
    sizes: readonly [number, ...number[]],
    box: { readonly width: number; readonly height: number },
  ): Line[] {
    const paragraph = this.#paragraph(text, weight);
    // The smaller the size, the lower the lines.
    let fitting = 0;
    for (let above = sizes.length; above - fitting > 1; ) {
      const middle = (fitting + above) >> 1;
      if (heightOf(paragraph, sizes[middle] ?? sizes[0], box.width) <= box.height) fitting = middle;
      else above = middle;
    }
    return linesOf(paragraph, sizes[fitting] ?? sizes[0], box.width);
  }

  /** Shapes a text, once for every size in which it is set. */
  #paragraph(text: string, weight: Weight): Paragraph {
    const written = this.#written(text);
    const { levels, direction } = levelsOf(written);
    const parts = this.#parts(written, levels, weight);
    const before = new Float64Array(written.length + 1);
    for (const part of parts)
      for (const glyph of part.font.shape(written.slice(part.start, part.end), part.direction)) {
        const after = part.start + glyph.index + 1;
        before[after] = (before[after] ?? 0) + glyph.advance / part.font.unitsPerEm;
      }
    const seen = new Uint32Array(written.length + 1);
    for (let at = 1; at <= written.length; at++) {
      before[at] = (before[at] ?? 0) + (before[at - 1] ?? 0);
      seen[at] = /\s/.test(written[at - 1] ?? '') ? (seen[at - 1] ?? 0) : at;
    }
    const [breaks, graphemes] = [lineBreaks(written), graphemeEnds(written)];
    return { text: written, parts, direction, before, seen, breaks, graphemes };
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

/** Returns where the lines of a paragraph end if each is at most `width` wide. An empty paragraph has one empty line. */
function lineEnds(
  { text, before, seen, breaks, graphemes }: Paragraph,
  size: number,
  width: number,
): number[] {
  const most = (width + 0.01) / size;
  const ends: number[] = [];
  const [lastBreak, lastGrapheme] = [ascending(breaks), ascending(graphemes)];
  for (let start = 0; start < text.length; ) {
    const from = start;
    const fits = (end: number) => (before[Math.max(from, seen[end] ?? 0)] ?? 0) - (before[from] ?? 0) <= most;
    // A character that is wider than a line has a line of its own.
    let none = true;
    start =
      lastBreak(from, fits) ??
      lastGrapheme(from, (end) => {
        const taken = none || fits(end);
        none = false;
        return taken;
      }) ??
      text.length;
    ends.push(start);
  }
  return ends.length > 0 ? ends : [0];
}

/** Returns a function that finds the last of some positions after `start` for which a line fits. Each call starts later than the one before. */
function ascending(positions: readonly number[]) {
  let at = 0;
  return (start: number, fits: (end: number) => boolean): number | undefined => {
    let last: number | undefined;
    for (
      let next = positions[at];
      next !== undefined && (next <= start || fits(next));
      next = positions[++at]
    )
      if (next > start) last = next;
    return last;
  };
}

function linesOf(paragraph: Paragraph, size: number, width: number): Line[] {
  let start = 0;
  return lineEnds(paragraph, size, width).map((end) => {
    const line = lineOf(paragraph, start, end, size);
    start = end;
    return line;
  });
}

/** The height of a paragraph's lines, for which nothing has to be shaped. */
function heightOf(paragraph: Paragraph, size: number, width: number): number {
  let start = 0;
  let height = 0;
  for (const end of lineEnds(paragraph, size, width)) {
    height += extentOf(partsBetween(paragraph, start, end), size).height;
    start = end;
  }
  return height;
}

/** The parts of a line. White space at its end takes no room. */
function partsBetween({ parts, seen }: Paragraph, start: number, end: number): Part[] {
  const last = seen[end] ?? end;
  return parts
    .filter((part) => part.start < last && part.end > start)
    .map((part) => ({ ...part, start: Math.max(part.start, start), end: Math.min(part.end, last) }));
}

function extentOf(parts: readonly Part[], size: number): { ascent: number; descent: number; height: number } {
  let ascent = 0;
  let descent = 0;
  for (const { font } of parts) {
    ascent = Math.max(ascent, (font.ascent * size) / font.unitsPerEm);
    descent = Math.max(descent, (-font.descent * size) / font.unitsPerEm);
  }
  return { ascent, descent, height: Math.max(LEADING * size, ascent + descent) };
}

/** Sets a part of a paragraph as a line. */
function lineOf(paragraph: Paragraph, start: number, end: number, size: number): Line {
  const { text, direction } = paragraph;
  const inLine = partsBetween(paragraph, start, end);
  let left = 0;
  const runs = inVisualOrder(inLine).map(({ font, direction, start, end }): Run => {
    const written = text.slice(start, end);
    const glyphs = font.shape(written, direction);
    const run = { font, glyphs, direction, text: written.replace(DIRECTION_CONTROLS, ''), left };
    left += (glyphs.reduce((sum, { advance }) => sum + advance, 0) * size) / font.unitsPerEm;
    return run;
  });
  const { ascent, descent, height } = extentOf(inLine, size);
  const baseline = runs.length > 0 ? (height - ascent - descent) / 2 + ascent : size;
  const shown = text.slice(start, end).trimEnd();
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
