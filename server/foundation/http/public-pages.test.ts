import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { config } from '@/proxy';
import { isPublicPage } from './public-pages';

const pathOf = (file: string) => `/${file.replace(/\/?page\.tsx$/, '')}`.replace(/\/\([^)]+\)/g, '') || '/';
const files = readdirSync('app', { recursive: true, encoding: 'utf8' });
const pages = files.filter((file) => /(^|\/)page\.tsx$/.test(file));
const guarded = (path: string) => config.matcher.some((pattern) => new RegExp(`^${pattern}$`).test(path));

test('the proxy guards every page, and only the pages outside of the app are public', () => {
  expect(pages.length).toBeGreaterThan(40);
  for (const file of pages) {
    const path = pathOf(file).replace(/\[[^\]]+\]/g, 'an-id');
    expect(guarded(path), path).toBe(true);
    const outside =
      file.startsWith('(marketing)/') || file.startsWith('(auth)/') || /^(outbox|gallery)\//.test(file);
    expect(isPublicPage(path), path).toBe(outside);
  }
});

test('a new page is private by default', () => {
  for (const path of ['/anything', '/auto-posting/new', '/pricing/secret', '/sandboxes', '/api', '/SIGN-IN'])
    expect([guarded(path), isPublicPage(path)], path).toEqual([true, false]);
  expect(isPublicPage('/pricing/')).toBe(true);
});

test('the proxy skips route handlers, which check the caller themselves', () => {
  for (const file of files.filter((name) => /(^|\/)route\.tsx?$/.test(name)))
    expect(guarded(`/${file.replace(/\/route\.tsx?$/, '')}`), file).toBe(false);
});
