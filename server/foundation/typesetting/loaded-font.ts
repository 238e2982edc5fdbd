import { readFile } from 'node:fs/promises';
import bidiFactory from 'bidi-js';
import {
  Blob,
  BufferFlag,
  ClusterLevel,
  Direction,
  Face,
  Font,
  Buffer as ShapingBuffer,
  shape,
} from 'harfbuzzjs';
import subsetFont from 'subset-font';
import type { FontFile } from './font-files';

export type Weight = 400 | 700;

/** A glyph at its place in a run. Lengths are in the font's units, y upwards. */
export interface Glyph {
  readonly id: number;
  /** The characters that it stands for, none if an earlier glyph stands for them. */
  readonly text: string;
  /** Index of those characters in the shaped text, in UTF-16 code units. */
  readonly index: number;
  /** Width of the glyph itself, and the distance to the next one. */
  readonly width: number;
  readonly advance: number;
  readonly x: number;
  readonly y: number;
}

/** Characters that only influence their neighbours and need no glyph: joiners, variation selectors, direction marks. */
export const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
export const DIRECTION_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Tables that setting text does not use. HarfBuzz cannot reduce the base lines of UnifontEX. */
const UNUSED_TABLES = ['BASE'];

/** One weight of a font file, reduced to the characters of one document, and the means to set text in it. */
export class LoadedFont {
  readonly #font: Font;
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;

  private constructor(
    readonly name: string,
    /** The font as TrueType. */
    readonly data: Uint8Array,
    readonly characters: ReadonlySet<string>,
  ) {
    const face = new Face(new Blob(data));
    this.#font = new Font(face);
    this.unitsPerEm = face.upem;
    const { ascender, descender } = this.#font.hExtents();
    this.ascent = ascender;
    this.descent = descender;
  }

  /** Loads a font file for some characters. Returns null if it has none of them. */
  static async load(
    file: FontFile,
    weight: Weight,
    characters: ReadonlySet<string>,
  ): Promise<LoadedFont | null> {
    const written = [...characters].join('');
    // Shaping may take a letter apart, such as Thai sara am.
    const parts = written.normalize('NFKD');
    const data = await subsetFont(await readFile(file.path), written + parts, {
      targetFormat: 'sfnt',
      dropTables: UNUSED_TABLES,
      ...(file.variable && { variationAxes: { wght: weight } }),
    });
    const font = new LoadedFont(`${file.name}-${weight}`, data, characters);
    return [...characters].some((character) => font.has(character)) ? font : null;
  }

  has(character: string): boolean {
    const glyph = this.#font.nominalGlyph(character.codePointAt(0) ?? 0);
    return glyph !== undefined && glyph !== 0;
  }

  /** Sets a text of one direction. The glyphs are in the order in which they are drawn, from left to right. */
  shape(text: string, direction: 'ltr' | 'rtl'): Glyph[] {
    const buffer = new ShapingBuffer();
    buffer.setClusterLevel(ClusterLevel.MONOTONE_CHARACTERS);
    buffer.setFlags(BufferFlag.REMOVE_DEFAULT_IGNORABLES | BufferFlag.DO_NOT_INSERT_DOTTED_CIRCLE);
    buffer.addText(text);
    buffer.guessSegmentProperties();
    buffer.setDirection(direction === 'rtl' ? Direction.RTL : Direction.LTR);
    shape(this.#font, buffer);
    const glyphs = buffer.getGlyphInfos();
    const positions = buffer.getGlyphPositions();
    const texts = textsOfGlyphs(
      text,
      glyphs.map(({ cluster }) => cluster),
      direction,
    );
    return glyphs.map(({ codepoint: id, cluster }, i) => {
      const { xAdvance = 0, xOffset = 0, yOffset = 0 } = positions[i] ?? {};
      return {
        id,
        text: texts[i] ?? '',
        index: cluster,
        width: this.#font.glyphHAdvance(id),
        advance: xAdvance,
        x: xOffset,
        y: yOffset,
      };
    });
  }

  /** Returns the outline of a glyph as the data of an SVG path, y upwards. */
  outline(glyph: number): string {
    return this.#font.glyphToPath(glyph);
  }
}

const bidi = bidiFactory();
/**
 * Returns the characters that each glyph of a run stands for. Brackets in right-to-left text stand for what they look like. Glyphs that come
 * from the same characters share them, in reading order, so that a reader who copies the text gets each character once.
 */
function textsOfGlyphs(text: string, clusters: readonly number[], direction: 'ltr' | 'rtl'): string[] {
  const glyphsAt = new Map<number, number[]>();
  for (const [glyph, start] of clusters.entries()) {
    const glyphs = glyphsAt.get(start);
    if (glyphs) glyphs.push(glyph);
    else glyphsAt.set(start, [glyph]);
  }
  const starts = [...glyphsAt.keys()].sort((a, b) => a - b);
  const texts = clusters.map(() => '');
  for (const [i, start] of starts.entries()) {
    const cluster = text.slice(i === 0 ? 0 : start, starts[i + 1]).replace(DIRECTION_CONTROLS, '');
    const characters = [...cluster].map((character) =>
      direction === 'rtl' ? (bidi.getMirroredCharacter(character) ?? character) : character,
    );
    const glyphs = glyphsAt.get(start) ?? [];
    if (direction === 'rtl') glyphs.reverse();
    for (const [place, glyph] of glyphs.entries())
      texts[glyph] =
        (place === glyphs.length - 1 ? characters.slice(place).join('') : characters[place]) ?? '';
  }
  return texts;
}
