import type { Line } from './typesetter';

/** Draws a line of text as the paths of an SVG, with its upper left corner at `left` and `top`. Needs no font where it is shown. */
export function linePaths(line: Line, left: number, top: number, color: string): string {
  return line.runs
    .map(({ font, glyphs, left: offset }) => {
      const scale = line.size / font.unitsPerEm;
      let x = 0;
      const outlines = glyphs.map((glyph) => {
        const outline = font.outline(glyph.id);
        const place = `translate(${x + glyph.x} ${glyph.y})`;
        x += glyph.advance;
        return outline && `<path transform="${place}" d="${outline}"/>`;
      });
      const origin = `translate(${left + offset} ${top + line.baseline}) scale(${scale} ${-scale})`;
      return `<g fill="${color}" transform="${origin}">${outlines.join('')}</g>`;
    })
    .join('');
}
