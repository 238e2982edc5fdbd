import { expect, type Page, test } from '@playwright/test';
import { accessible, BrowserErrors, fitsPhone, newestMail, USER } from './support';

async function submit(page: Page, email: string, password: string) {
  await page.goto('/sign-in?next=/calendar');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
/** Returns the text of the code step, without the address. */
async function stepOf(page: Page, email: string) {
  await page.waitForURL('**/sign-in/code?**');
  await expect(page.getByRole('heading', { name: 'Enter the code' })).toBeVisible();
  return (await page.locator('main').innerText()).replace(email, '…').replace(/in \d+ s/, 'in … s');
}

test('password guessing does not lock out the owner, who signs in with the code from the mailbox', async ({
  browser,
}) => {
  const context = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  const complaints = new BrowserErrors(page);
  const NOBODY = 'nobody@example.com';
  for (const email of [USER.email, NOBODY])
    for (let i = 0; i < 5; i++) {
      await submit(page, email, 'Not-the-one-9');
      await expect(page.getByText('The e-mail address or password is wrong.').first()).toBeVisible();
    }
  // The step looks the same whether or not the account exists and the password was correct.
  await submit(page, NOBODY, USER.password);
  const forNobody = await stepOf(page, NOBODY);
  await submit(page, USER.email, 'Not-the-one-9');
  expect(await stepOf(page, USER.email)).toBe(forNobody);
  await submit(page, USER.email, USER.password);
  expect(await stepOf(page, USER.email)).toBe(forNobody);

  const field = page.getByLabel('Code');
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('autocomplete', 'one-time-code');
  await expect(page.getByRole('button', { name: /Send a new code/ })).toBeDisabled();
  await accessible(page);
  await fitsPhone(page);
  await field.fill('12');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The code has 8 digits.').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);

  const mailbox = await context.newPage();
  const code = /\d{4} \d{4}/.exec(await newestMail(mailbox, /sign-in code/i))?.[0] ?? '';
  await mailbox.close();
  await field.fill(code);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/calendar');

  // This browser is known from now on, so no code is needed.
  await context.clearCookies({ name: /session-token/ });
  await submit(page, USER.email, USER.password);
  await page.waitForURL('**/calendar');
  complaints.none();
  await context.close();
});

test('a change of address is requested, mailed again and cancelled, and no form keeps a password', async ({
  browser,
}) => {
  const context = await browser.newContext({ storageState: USER.signedIn, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints = new BrowserErrors(page);
  await page.goto('/settings/security');
  const address = page.getByLabel('New e-mail address');
  const current = page.locator('form').filter({ has: address }).getByLabel('Current password');
  await address.fill('ada-new@example.com');
  await current.fill('Not-the-one-9');
  await page.getByRole('button', { name: 'Send link' }).click();
  await expect(page.getByText('The current password is wrong.')).toBeVisible();
  await expect(address).toHaveValue('ada-new@example.com');
  await current.fill(USER.password);
  await page.getByRole('button', { name: 'Send link' }).click();
  await expect(page.getByText('Waiting for ada-new@example.com')).toBeVisible();
  await expect(address).toHaveValue('');
  await expect(current).toHaveValue('');
  await accessible(page);
  await fitsPhone(page);
  await page.getByRole('button', { name: 'Resend e-mail' }).click();
  await expect(page.getByText('We sent a new link to ada-new@example.com.')).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Cancel change' }).click();
  await expect(page.getByText('Change cancelled.')).toBeVisible();
  await expect(page.getByText('Waiting for ada-new@example.com')).toHaveCount(0);
  complaints.none();
  await context.close();
});
