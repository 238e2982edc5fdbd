import { expect } from '@playwright/test';
import { APP_PAGES } from '../support/app-pages';
import { test } from './signed-in';
import { accessible, explainsDisabledButtons, fitsPhone, newPage, policyNonce, USER } from './support';

/** Headings of app/(app)/error.tsx and not-found.tsx. */
const NO_PAGE = /^(We could not show this page|Not found)$/;

test('every page of the app renders without errors, has a content security policy, is accessible and fits a phone', async ({
  page,
}) => {
  const paths = [...APP_PAGES, '/outbox'];
  const nonces = new Set<string>();
  for (const path of paths) {
    nonces.add(policyNonce(await page.goto(path)));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByText(NO_PAGE), `${path} shows an error`).toHaveCount(0);
    await explainsDisabledButtons(page);
    await accessible(page);
    await fitsPhone(page);
  }
  expect(nonces.size).toBe(paths.length);
});

test('by keyboard, the palette opens, finds a page and navigates to it', async ({ page }) => {
  await page.goto('/home');
  const search = page.getByRole('button', { name: /^Search/ }).first();
  await search.focus();
  // The page responds to keys only after hydration.
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await page.keyboard.press('Escape');
  await expect(search).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/./).last().fill('ledger');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/ledger');
});

test('signed out, the app asks to sign in and then returns to the page', async ({ browser }) => {
  const other = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const { page: stranger, complaints: theirs } = await newPage(other);
  await stranger.goto('/ledger');
  await stranger.waitForURL('**/sign-in?next=%2Fledger');
  await stranger.getByLabel('E-mail').fill(USER.email);
  await stranger.getByLabel('Password', { exact: true }).fill(USER.password);
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await stranger.waitForURL('**/ledger');
  theirs.none();
  await other.close();
});
