import { createHash } from 'node:crypto';
import { createElement as h } from 'react';
import { chooseLocale, LOCALES, PSEUDO_LOCALE } from '@/i18n/locales';
import { wordsIn } from '@/i18n/words';
import { fact } from '@/server/foundation/facts';

const SIZE = 1200;
const BORDER = 24;
const LEFT = BORDER + 110;
const WIDTH = SIZE - 2 * LEFT;
/** Upper edge of the title's area, and its height. */
const TITLE_TOP = 330;
const TITLE_HEIGHT = 440;
/** Sizes of the title's letters. */
const SIZES = [
  24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80, 84, 88, 92, 96, 100, 104, 108,
] as const;
/** Ink on paper, in a few quiet colours. */
const PALETTES = [
  ['#0f5f66', '#e8f1f1'],
  ['#3a4a6b', '#eceff6'],
  ['#6b3a4a', '#f6ecef'],
  ['#4a5b2c', '#f0f3e8'],
  ['#6b5a2a', '#f5f1e4'],
] as const;

interface CoverInput {
  title: string;
  kind: string;
  /** The language of what the card says besides the title. */
  locale: string;
}
interface Cover {
  name: string;
  mime: string;
  bytes: Uint8Array;
}

/** Each card has about 100 kB. */
const MAX_KEPT = 16;
/** The cards that were drawn last: loading the fonts of a title takes long, and a card is drawn again for each shop. */
const kept = new Map<string, Promise<Cover>>();

/**
 * Draws a title card that a user may choose as the picture of a digital product: its title on a plain card, 1200 × 1200, PNG. Deterministic
 * for the same product. Titles in every script are drawn completely: a long one in a smaller size.
 */
export function coverImage(product: CoverInput): Promise<Cover> {
  const key = JSON.stringify([product.locale, product.kind, product.title]);
  const drawn = kept.get(key) ?? drawImage(product);
  kept.delete(key);
  kept.set(key, drawn);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  drawn.catch(() => kept.delete(key));
  return drawn;
}

async function drawImage(product: CoverInput): Promise<Cover> {
  const [module, svg] = await Promise.all([import('next/og.js'), coverSvg(product)]);
  const ImageResponse = module.ImageResponse ?? module.default.ImageResponse;
  const src = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  const picture = h('div', { style: { display: 'flex' } }, h('img', { src, width: SIZE, height: SIZE }));
  const answer = new ImageResponse(picture, { width: SIZE, height: SIZE });
  return { name: 'title-card.png', mime: 'image/png', bytes: new Uint8Array(await answer.arrayBuffer()) };
}

/** Draws the title card as an SVG without text: its letters are outlines, so no font is needed to show it. */
export async function coverSvg(product: CoverInput): Promise<string> {
  const [{ Typesetter }, { linePaths }] = await Promise.all([
    import('@/server/foundation/typesetting/typesetter'),
    import('@/server/foundation/typesetting/svg'),
  ]);
  const hash = createHash('sha256').update(product.title).digest();
  const [ink, paper] = PALETTES[(hash[0] ?? 0) % PALETTES.length] ?? PALETTES[0];
  const title = product.title.replace(/\s+/g, ' ').trim();
  const words = wordsIn(chooseLocale([product.locale], [...LOCALES, PSEUDO_LOCALE]));
  const kind = words.say(fact('listings.card.kind', { kind: product.kind }));
  const typesetter = await Typesetter.open([title, kind].map((text) => ({ text, weight: 400 })));
  const drawn: string[] = [];
  let bottom = LEFT;
  for (const line of typesetter.lines(kind, { size: 38, weight: 400 }, WIDTH)) {
    drawn.push(linePaths(line, LEFT, bottom, ink));
    bottom += line.height;
  }
  const lines = typesetter.boxed(title, 400, SIZES, { width: WIDTH, height: TITLE_HEIGHT });
  let top = TITLE_TOP + (TITLE_HEIGHT - lines.reduce((sum, line) => sum + line.height, 0)) / 2;
  for (const line of lines) {
    drawn.push(linePaths(line, line.direction === 'rtl' ? LEFT + WIDTH - line.width : LEFT, top, ink));
    top += line.height;
  }
  const bars = [...hash.subarray(1, 9)].map((byte, i) => {
    const tall = 40 + (byte % 140);
    const opacity = 0.25 + (byte % 4) * 0.2;
    return `<rect x="${LEFT + i * 72}" y="${SIZE - LEFT - tall}" width="48" height="${tall}" fill="${ink}" opacity="${opacity}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="0 0 ${SIZE} ${SIZE}">`,
    `<rect width="${SIZE}" height="${SIZE}" fill="${ink}"/>`,
    `<rect x="${BORDER}" y="${BORDER}" width="${SIZE - 2 * BORDER}" height="${SIZE - 2 * BORDER}" fill="${paper}"/>`,
    ...drawn,
    ...bars,
    '</svg>',
  ].join('');
}
