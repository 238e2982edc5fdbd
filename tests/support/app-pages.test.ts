import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { APP_PAGES, PUBLIC_PAGES } from './app-pages';

/** Opened with what a link or a step before brings, or only sending on to another page: the flow visits them. */
const ELSEWHERE = ['/reset', '/verify', '/sign-in/code', '/settings', '/onboarding', '/outbox', '/gallery'];

test('every page that can be opened without an id is in the lists', () => {
  const pages = readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) => `/${file.replace(/\/?page\.tsx$/, '')}`.replace(/\/\([^)]+\)/g, '') || '/')
    .filter(
      (path) =>
        !path.includes('[') && !ELSEWHERE.some((other) => path === other || path.startsWith('/onboarding/')),
    );
  expect(pages.toSorted()).toEqual([...PUBLIC_PAGES, ...APP_PAGES].toSorted());
});
