import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import {
  accessible,
  approveConsent,
  type BrowserErrors,
  fitsPhone,
  linkIn,
  newestMail,
  newPage,
  USER,
} from './support';

// From the landing page to a workspace that is set up. Each test builds on the previous one, and the other files build on the last.
test.describe.configure({ mode: 'serial' });

let context: BrowserContext;
let page: Page;
let complaints: BrowserErrors;
const { email, password } = USER;

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext();
  ({ page, complaints } = await newPage(context));
});
test.afterEach(() => complaints.none());
test.afterAll(async () => {
  await context.storageState({ path: USER.signedIn });
  await context.close();
});

test('registering refuses a weak password, then creates the account and sends two e-mails', async () => {
  await page.goto('/pricing');
  await page
    .getByRole('link', { name: /start|register|account/i })
    .filter({ visible: true })
    .first()
    .click();
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('weak');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('alert').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.waitForURL('**/onboarding/plan');

  await newestMail(page, /welcome/i);
  await accessible(page);
  const link = linkIn(await newestMail(page, /confirm|verify/i), /\/verify\?/);
  await page.goto(link);
  await page.getByRole('button', { name: /confirm/i }).click();
  await expect(
    page
      .getByText(/confirmed/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
});

test('onboarding: plan, platforms, topics, automation', async () => {
  await page.getByRole('link', { name: 'Continue' }).click();
  await page.waitForURL('**/onboarding/plan');
  await accessible(page);
  await fitsPhone(page);
  await page.getByRole('button', { name: /free/i }).click();
  await page.waitForURL('**/onboarding/platforms');
  // No plan may sell platforms that are not available.
  const card = page.getByRole('listitem').filter({ hasText: 'YouTube' });
  await expect(card.getByText('Not available on this installation yet.')).toBeVisible();
  await expect(card.getByText('Upgrade')).toHaveCount(0);

  // A refused consent changes nothing and is reported.
  await page.getByRole('button', { name: /Connect .* on X$/ }).click();
  await page.waitForURL(/\/sandbox\//);
  await accessible(page);
  await page.getByRole('button', { name: /cancel|refuse|deny|not/i }).click();
  await page.waitForURL('**/onboarding/platforms**');
  await expect(
    page
      .getByText(/did not allow|refused|not allowed|declined/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();

  await page.getByRole('button', { name: /Connect .* on X$/ }).click();
  await approveConsent(page, /mira_draws/);
  await page.waitForURL('**/onboarding/platforms**');
  await expect(page.getByText('1 connected').filter({ visible: true }).first()).toBeVisible();
  await page.getByRole('button', { name: /Connect .* on Etsy$/ }).click();
  await approveConsent(page, /Mira Okafor/);
  await page.waitForURL('**/onboarding/platforms**');
  await expect(page.getByText('1 connected')).toHaveCount(2);
  await accessible(page);
  await fitsPhone(page);

  // A third account exceeds the limit of Free.
  await page.getByRole('button', { name: /Connect .* on Facebook$/ }).click();
  await expect(
    page
      .getByText(/Free plan includes 2 connected accounts/)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();

  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL('**/onboarding/topics');
  await expect(page.getByText('Needs Pro').filter({ visible: true }).first()).toBeVisible();
  await page.getByRole('button', { name: /Preview Tech/ }).click();
  for (const topic of ['Memes', 'Tech']) await page.getByRole('checkbox', { name: topic }).check();
  await accessible(page);
  await fitsPhone(page);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL('**/onboarding/automation');
  await expect(page.getByLabel('Time zone')).toHaveValue('Europe/Berlin');
  await accessible(page);
  await fitsPhone(page);
  await page.getByRole('radio', { name: /Post without review/ }).check();
  await page.getByRole('button', { name: /continue|finish|save/i }).click();
  await page.waitForURL('**/onboarding/done');
  await accessible(page);
  await page.getByRole('link', { name: 'Go to Home' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible();
});
