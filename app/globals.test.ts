import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./globals.css', import.meta.url), 'utf8');

/** The hex tokens of one theme in the style sheet. */
function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(selector)).split('}')[0] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** Text colours with the backgrounds that they are used on. */
const TEXT: [string, string[]][] = [
  [
    'foreground',
    [
      'background',
      'card',
      'popover',
      'muted',
      'accent-subtle',
      'destructive-subtle',
      'warning-subtle',
      'positive-subtle',
    ],
  ],
  ['muted-foreground', ['background', 'card', 'popover', 'muted', 'accent-subtle']],
  ['accent', ['background', 'card', 'popover', 'muted']],
  ['accent-foreground', ['accent', 'accent-hover']],
  ['accent-subtle-foreground', ['accent-subtle']],
  ['destructive', ['background', 'card', 'popover', 'muted', 'destructive-subtle']],
  ['destructive-foreground', ['destructive', 'destructive-hover']],
  ['positive', ['background', 'card', 'positive-subtle', 'muted']],
  ['warning', ['background', 'card', 'warning-subtle', 'muted']],
];
/** Edges of controls, focus rings and marks that carry meaning. */
const SHAPES: [string, string[]][] = [
  ['input', ['background', 'card', 'popover', 'muted']],
  ['ring', ['background', 'card', 'popover', 'muted', 'accent-subtle']],
  ['accent', ['border', 'accent-subtle']],
];

describe.each([
  ['light', ':root'],
  ['dark', '\n.dark {'],
])('the %s theme', (_, selector) => {
  const theme = tokens(selector);
  const pairs = (list: [string, string[]][]) =>
    list.flatMap(([front, backs]) => backs.map((back) => [front, back] as const));
  it.each(pairs(TEXT))('text in %s on %s reaches 4.5:1', (front, back) => {
    expect(contrast(theme[front] ?? '', theme[back] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
  it.each(pairs(SHAPES))('%s beside %s reaches 3:1', (front, back) => {
    expect(contrast(theme[front] ?? '', theme[back] ?? '')).toBeGreaterThanOrEqual(3);
  });
});

it('has every colour in both themes', () => {
  expect(Object.keys(tokens('\n.dark {')).sort()).toEqual(Object.keys(tokens(':root')).sort());
});

it('measures contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
