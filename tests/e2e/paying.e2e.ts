import { expect } from '@playwright/test';
import { test } from './signed-in';
import { accessible, approveConsent, fitsPhone, open } from './support';

test('paying: a checkout in the sandbox changes the limits immediately, and cancelling works', async ({
  page,
}) => {
  await page.goto('/settings/billing');
  await accessible(page);
  await fitsPhone(page);
  await page.getByRole('button', { name: 'Upgrade to Pro' }).click();
  await page.waitForURL(/\/sandbox\/stripe\/checkout\//);
  await accessible(page);
  await page.getByLabel('Card number').fill('4000 0000 0000 0002');
  const pay = page.getByRole('button', { name: /pay|subscribe/i });
  await pay.click();
  await expect(
    page
      .getByText(/declined/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await pay.click();
  await page.waitForURL('**/settings/billing**');
  await expect(page.getByText('Pro plan').filter({ visible: true }).first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/next payment/i)).toBeVisible();

  // The account that exceeded the limit of Free can be connected now.
  await open(page, 'Connections');
  await page.getByRole('button', { name: /Connect .* on Facebook$/ }).click();
  await approveConsent(page, /Mira/);
  await page.waitForURL('**/connections**');
  // The user manages two Pages. The choice survives a reload, and only the chosen Page is connected.
  await expect(page.getByRole('heading', { name: 'Choose the Facebook Pages to connect' })).toBeFocused();
  await accessible(page);
  await fitsPhone(page);
  await page.reload();
  // The page responds to clicks only after hydration.
  await expect(() => page.getByRole('checkbox', { name: 'Mira Draws' }).check({ timeout: 2_000 })).toPass();
  await page.getByRole('button', { name: 'Connect Page', exact: true }).click();
  await expect(page.getByText('1 connected')).toHaveCount(3);
  await accessible(page);
  await fitsPhone(page);

  await page.getByRole('link', { name: 'Pro plan' }).click();
  await page.getByRole('button', { name: 'Cancel subscription' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel subscription' }).click();
  await expect(page.getByText(/subscription ends on/i)).toBeVisible();
  await page.getByRole('button', { name: 'Keep subscription' }).click();
  await expect(page.getByText(/next payment/i)).toBeVisible();
});
