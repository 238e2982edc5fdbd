import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { APP_PAGES, PUBLIC_PAGES } from './app-pages';

/** Pages that need a link or a previous step, or only redirect to another page. The end-to-end tests of those flows visit them. */
const ELSEWHERE = ['/reset', '/verify', '/sign-in/code', '/settings', '/onboarding', '/outbox', '/gallery'];

test('the lists contain every page that can be opened without an id', () => {
  const pages = readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) => `/${file.replace(/\/?page\.tsx$/, '')}`.replace(/\/\([^)]+\)/g, '') || '/')
    .filter(
      (path) =>
        !path.includes('[') && !ELSEWHERE.some((other) => path === other || path.startsWith('/onboarding/')),
    );
  expect(pages.toSorted()).toEqual([...PUBLIC_PAGES, ...APP_PAGES].toSorted());
});
