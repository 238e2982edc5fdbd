import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ALL_ITEMS, BAR, isCurrent } from './nav';

const root = path.resolve(import.meta.dirname, '../../app/(app)');

it.each(ALL_ITEMS.map((item) => item.href))('%s leads to a page that exists', (href) => {
  expect(existsSync(path.join(root, href, 'page.tsx'))).toBe(true);
});

it('has only pages of the navigation on the bar', () => {
  for (const href of BAR) expect(ALL_ITEMS.map((item) => item.href)).toContain(href);
});

it('marks a page and its subpages, but no page that only has a similar path', () => {
  expect(isCurrent('/runs', '/runs')).toBe(true);
  expect(isCurrent('/runs', '/runs/run_1')).toBe(true);
  expect(isCurrent('/pricing', '/pricing-rules')).toBe(false);
});
