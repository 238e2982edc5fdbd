import * as fontkit from 'fontkit';
import PDFDocument from 'pdfkit';
import type { Glyph, LoadedFont } from './loaded-font';
import { type Line, type Style, Typesetter } from './typesetter';

/** The contents of a PDF: texts and tables, one below the other. Every PDF is made of them, so all of them carry every script. */
export interface PdfContent {
  title: string;
  author: string;
  /** BCP 47. */
  language: string;
  made: Date;
  blocks: readonly Block[];
  /** Text at the bottom of each page. */
  foot: string;
}
export type Block = TextBlock | TableBlock;
export interface TextBlock {
  kind: 'text';
  text: string;
  style: TextStyle;
  /** Space above and below, in points. */
  above?: number;
  below?: number;
}
/** The first cell of a row takes the width that is left and wraps; the others are numbers, aligned to the right on one line. */
export interface TableBlock {
  kind: 'table';
  head?: readonly string[];
  rows: readonly (readonly string[])[];
  bold?: boolean;
}
export interface TextStyle extends Style {
  /** As `#rrggbb`. */
  color: string;
}

/** A4, in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 48;
const BOTTOM = 60;
const WIDTH = PAGE.width - 2 * MARGIN;
const INK = '#1a1f24';
const QUIET = '#5b6670';
const RULE = '#d5dbe0';
export const BODY: TextStyle = { size: 10, weight: 400, color: INK };
export const BOLD: TextStyle = { ...BODY, weight: 700 };
export const SMALL: TextStyle = { size: 8, weight: 400, color: QUIET };
const CELL_PADDING = 5;
/** Width of a column of numbers, and the least that remains for the first column. */
const NUMBER_WIDTH = 82;
const NAME_WIDTH = 120;

const cellStyle = (table: TableBlock, row: 'head' | 'body'): TextStyle =>
  row === 'head' ? SMALL : table.bold ? BOLD : BODY;

/** Returns every text of the contents with its weight. */
const textsOf = ({ blocks, foot }: PdfContent): { text: string; weight: Style['weight'] }[] => [
  { text: foot, weight: SMALL.weight },
  ...blocks.flatMap((block) =>
    block.kind === 'text'
      ? [{ text: block.text, weight: block.style.weight }]
      : [
          ...(block.head ?? []).map((text) => ({ text, weight: cellStyle(block, 'head').weight })),
          ...block.rows.flat().map((text) => ({ text, weight: cellStyle(block, 'body').weight })),
        ],
  ),
];

/** Renders a PDF. */
export async function renderPdf(content: PdfContent): Promise<Uint8Array> {
  const typesetter = await Typesetter.open(textsOf(content));
  const document = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    // None of the built-in fonts is used.
    font: '',
    pdfVersion: '1.7',
    lang: content.language,
    displayTitle: true,
    info: {
      Title: content.title,
      Author: content.author,
      Creator: 'Tributary',
      CreationDate: content.made,
    },
  });
  const chunks: Uint8Array[] = [];
  const done = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', () => resolve());
    document.on('error', reject);
  });
  const pages = new Pages(document, typesetter, content.foot);
  for (const block of content.blocks) {
    if (block.kind === 'text') pages.addText(block);
    else pages.addTable(block);
  }
  document.end();
  await done;
  return Buffer.concat(chunks);
}

class Pages {
  readonly #fonts = new Map<LoadedFont, EmbeddedFont>();
  /** Distance of the next block from the top of the page. */
  #top = 0;

  constructor(
    readonly document: PDFKit.PDFDocument,
    readonly typesetter: Typesetter,
    readonly foot: string,
  ) {
    this.#addPage();
  }

  #addPage(): void {
    this.document.addPage();
    this.#top = MARGIN;
    let top = PAGE.height - 28;
    for (const line of this.typesetter.lines(this.foot, SMALL, WIDTH).reverse()) {
      top -= line.height;
      this.#draw(line, MARGIN, top, SMALL.color);
    }
  }

  /** Begins a new page unless `height` points fit on this one. Returns whether it did. */
  #makeRoom(height: number): boolean {
    if (this.#top + height <= PAGE.height - BOTTOM) return false;
    this.#addPage();
    return true;
  }

  addText({ text, style, above = 0, below = 0 }: TextBlock): void {
    this.#top += above;
    for (const line of this.typesetter.lines(text, style, WIDTH)) {
      this.#makeRoom(line.height);
      this.#draw(line, MARGIN, this.#top, style.color);
      this.#top += line.height;
    }
    this.#top += below;
  }

  addTable(table: TableBlock): void {
    const head = table.head;
    if (head) this.#addRow(head, cellStyle(table, 'head'));
    for (const row of table.rows) {
      const style = cellStyle(table, 'body');
      this.#addRow(row, style, () => head && this.#addRow(head, cellStyle(table, 'head')));
    }
  }

  /** Adds a row, on a new page if it does not fit: there, `onNewPage` comes first. */
  #addRow(cells: readonly string[], style: TextStyle, onNewPage?: () => void): void {
    const [name = '', ...numbers] = cells;
    const each = Math.min(NUMBER_WIDTH, (WIDTH - NAME_WIDTH) / Math.max(1, numbers.length));
    const nameWidth = WIDTH - each * numbers.length - 8;
    const lines = this.typesetter.lines(name, style, nameWidth);
    const height = lines.reduce((sum, line) => sum + line.height, 0) + 2 * CELL_PADDING;
    if (this.#makeRoom(height)) onNewPage?.();
    let top = this.#top + CELL_PADDING;
    const baseline = top + (lines[0]?.baseline ?? style.size);
    for (const [i, number] of numbers.entries()) {
      const line = this.typesetter.fitted(number, style, each - 4);
      const right = MARGIN + WIDTH - each * (numbers.length - 1 - i);
      this.#draw(line, right - line.width, baseline - line.baseline, style.color);
    }
    for (const line of lines) {
      this.#draw(line, MARGIN, top, style.color);
      top += line.height;
    }
    this.#top += height;
    this.document
      .moveTo(MARGIN, this.#top)
      .lineTo(MARGIN + WIDTH, this.#top)
      .lineWidth(0.5)
      .strokeColor(RULE)
      .stroke();
  }

  #draw(line: Line, left: number, top: number, color: string): void {
    if (line.runs.length === 0) return;
    this.document.fillColor(color);
    for (const run of line.runs) {
      // A font of which only the space is used would be embedded without any outline, which readers complain about.
      if (run.glyphs.every(({ text }) => text.trim() === '')) continue;
      let font = this.#fonts.get(run.font);
      if (!font) {
        font = new EmbeddedFont(run.font, this.#fonts.size);
        this.#fonts.set(run.font, font);
      }
      // Readers translate glyphs back to characters one by one, so text of letters that consist of several glyphs is given with them.
      const actual = run.direction === 'ltr' && run.glyphs.some(({ text }) => text === '');
      if (actual) this.document.markContent('Span', { actual: run.text });
      font.draw(this.document, run.glyphs, left + run.left, top + line.baseline, line.size);
      if (actual) this.document.endMarkedContent();
    }
  }
}

/**
 * A font in a PDF. PDFKit asks an object of fontkit's shape for glyphs and for the embedded file; this one gives it the glyphs of a run that
 * is already set. A glyph that stands for different characters in different words is embedded once for each, because a PDF translates
 * glyphs back to characters one by one.
 */
class EmbeddedFont {
  readonly #source: unknown;
  readonly #name: string;
  /** Index in the embedded file by glyph and text. */
  readonly #places = new Map<string, number>();
  #run: readonly Glyph[] = [];

  constructor(font: LoadedFont, number: number) {
    const file = fontkit.create(Buffer.from(font.data)) as fontkit.Font;
    const subset = file.createSubset() as fontkit.Subset & { glyphs: number[] };
    this.#name = `${font.name}-${number}`;
    const places = this.#places;
    this.#source = Object.create(file, {
      postscriptName: { value: this.#name.replaceAll(/[^\w-]/g, '') },
      layout: { value: () => this.#layout() },
      createSubset: {
        value: () => ({
          includeGlyph: (key: string): number => {
            let place = places.get(key);
            if (place === undefined) {
              place = subset.glyphs.push(Number.parseInt(key, 10)) - 1;
              places.set(key, place);
            }
            return place;
          },
          encode: () => subset.encode(),
        }),
      },
    });
  }

  #layout() {
    return {
      glyphs: this.#run.map(({ id, text, width }) => ({
        id: `${id} ${text}`,
        advanceWidth: width,
        // A glyph without text of its own (a mark, a part of a letter) gets a character that readers skip: PDFKit needs one.
        codePoints: [...(text || '\u2060')].map((character) => character.codePointAt(0) ?? 0),
      })),
      positions: this.#run.map(({ advance, x, y }) => ({
        xAdvance: advance,
        yAdvance: 0,
        xOffset: x,
        yOffset: y,
      })),
      advanceWidth: this.#run.reduce((sum, { advance }) => sum + advance, 0),
    };
  }

  /** Draws glyphs from `left` on the base line at `top`, from the page's upper left corner. */
  draw(
    document: PDFKit.PDFDocument,
    glyphs: readonly Glyph[],
    left: number,
    top: number,
    size: number,
  ): void {
    if (glyphs.length === 0) return;
    this.#run = glyphs;
    document
      .font(this.#source as PDFKit.Mixins.PDFFontSource, this.#name, size)
      .text('.', left, top, { lineBreak: false, baseline: 'alphabetic', features: [] });
  }
}
