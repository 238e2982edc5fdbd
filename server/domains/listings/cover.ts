import { createHash } from 'node:crypto';
import { createElement as h } from 'react';

const SIZE = 1200;
/** Ink on paper, in a few quiet colours. */
const PALETTES = [
  ['#0f5f66', '#e8f1f1'],
  ['#3a4a6b', '#eceff6'],
  ['#6b3a4a', '#f6ecef'],
  ['#4a5b2c', '#f0f3e8'],
  ['#6b5a2a', '#f5f1e4'],
] as const;

/**
 * Draws a title card that a user may choose as the picture of a digital product: its title on a plain card, 1200 × 1200, PNG. Deterministic
 * for the same product. Characters outside the Latin script are left out, because the built-in font lacks them.
 */
export async function coverImage(product: {
  title: string;
  kind: string;
}): Promise<{ name: string; mime: string; bytes: Uint8Array }> {
  const module = await import('next/og.js');
  const ImageResponse = module.ImageResponse ?? module.default.ImageResponse;
  const hash = createHash('sha256').update(product.title).digest();
  const [ink, paper] = PALETTES[(hash[0] ?? 0) % PALETTES.length] ?? PALETTES[0];
  const title = product.title
    .normalize('NFC')
    .replace(/[^\u0020-\u007e\u00a0-\u024f\u2013\u2014\u2018-\u201d\u2026]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const bars = [...hash.subarray(1, 9)].map((byte, i) =>
    h('div', {
      key: i,
      style: { width: 48, height: 40 + (byte % 140), background: ink, opacity: 0.25 + (byte % 4) * 0.2 },
    }),
  );
  const picture = h(
    'div',
    {
      style: {
        width: '100%',
        height: '100%',
        display: 'flex',
        flexDirection: 'column',
        justifyContent: 'space-between',
        background: paper,
        color: ink,
        padding: 110,
        border: `24px solid ${ink}`,
      },
    },
    h(
      'div',
      { style: { display: 'flex', fontSize: 38 } },
      `${product.kind[0]?.toUpperCase()}${product.kind.slice(1)} download`,
    ),
    h('div', { style: { display: 'flex', fontSize: title.length > 60 ? 76 : 108, lineHeight: 1.15 } }, title),
    h('div', { style: { display: 'flex', alignItems: 'flex-end', gap: 24, height: 190 } }, ...bars),
  );
  const answer = new ImageResponse(picture, { width: SIZE, height: SIZE });
  return { name: 'title-card.png', mime: 'image/png', bytes: new Uint8Array(await answer.arrayBuffer()) };
}
