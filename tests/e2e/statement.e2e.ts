import { expect, test } from '@playwright/test';
import { piecesOf } from '../support/pdf-text';

// The fonts are files of packages that the build does not contain, so this runs on the built app.
test('a statement is downloaded as a PDF with its own fonts', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('demo@tributary.localhost');
  await page.getByLabel('Password', { exact: true }).fill('Demo-1234');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/home');
  const month = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' }).slice(0, 7);
  const answer = await page.request.get(`/api/reports/${month}`);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toBe('application/pdf');
  const texts = (await piecesOf(await answer.body())).map(({ text }) => text).join(' ');
  expect(texts).toContain('Statement, ');
  expect(texts).toContain('time zone: Europe/Berlin');
});
