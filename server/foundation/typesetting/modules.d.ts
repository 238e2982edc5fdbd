declare module 'subset-font' {
  /** Reduces a font to the characters of a text, and a variable one to one place on its axes. Accepts TTF, OTF, WOFF and WOFF2. */
  export default function subsetFont(
    font: Uint8Array,
    text: string,
    options: {
      targetFormat: 'sfnt' | 'woff' | 'woff2';
      variationAxes?: Readonly<Record<string, number>>;
      dropTables?: readonly string[];
    },
  ): Promise<Uint8Array>;
}

declare module 'linebreak' {
  /** Finds the places at which a line may end (UAX #14). */
  export default class LineBreaker {
    constructor(text: string);
    nextBreak(): { position: number; required: boolean } | null;
  }
}
