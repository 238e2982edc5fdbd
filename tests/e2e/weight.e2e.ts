import { expect, test } from '@playwright/test';
import { BUDGET, Scale } from '../bench/weight';
import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';

const AT_ONCE = 2;

test('no page loads more JavaScript than its budget', async ({ browser, page, baseURL }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('demo@tributary.localhost');
  await page.getByLabel('Password', { exact: true }).fill('Demo-1234');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/home');
  const signedIn = await page.context().storageState();
  const scale = new Scale();
  const over: string[] = [];
  // Most of the time of a page is spent waiting until it is idle, so several are measured in parallel.
  for (const [paths, budget, state] of [
    [PUBLIC_PAGES, BUDGET.public, undefined],
    [APP_PAGES, BUDGET.app, signedIn],
  ] as const)
    for (let from = 0; from < paths.length; from += AT_ONCE)
      await Promise.all(
        paths.slice(from, from + AT_ONCE).map(async (path) => {
          const { kB, scripts } = await scale.weigh(browser, `${baseURL}${path}`, state);
          expect(scripts, path).toBeGreaterThan(3);
          console.log(`${path} ${kB.toFixed(1)} kB`);
          if (kB > budget) over.push(`${path}: ${kB.toFixed(1)} kB of ${budget}`);
        }),
      );
  expect(over).toEqual([]);
});
