import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';
import {
  accessible,
  approveConsent,
  type Complaints,
  chooseReview,
  fitsPhone,
  linkIn,
  newestMail,
  newPerson,
} from './support';

// One person's way from the landing page to a paid plan. Each test stands on the one before.
test.describe.configure({ mode: 'serial' });

let context: BrowserContext;
let page: Page;
let complaints: Complaints;
const email = 'ada@example.com';
const password = 'Lovelace-1843';

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  ({ page, complaints } = await newPerson(context));
});
test.afterEach(() => complaints.none());
test.afterAll(() => context.close());

test('the public pages say what this is and what it costs', async () => {
  for (const path of PUBLIC_PAGES) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await accessible(page);
    await fitsPhone(page);
  }
  await page.goto('/pricing');
  for (const text of ['$29', '$99'])
    await expect(page.getByText(text).filter({ visible: true }).first()).toBeVisible();
});

test('registering refuses a weak password, then creates the account and sends two e-mails', async () => {
  await page.goto('/register');
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
  await page.goto('/onboarding/plan');
  await accessible(page);
  await fitsPhone(page);
  await page.getByRole('button', { name: /free/i }).click();
  await page.waitForURL('**/onboarding/platforms');
  for (const name of ['LinkedIn', 'YouTube'])
    await expect(
      page.getByRole('listitem').filter({ hasText: name }).getByText('Upgrade').first(),
    ).toBeVisible();

  // A consent that is refused changes nothing and says so.
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

  // A third account is over the limit of Free.
  await page.getByRole('button', { name: /Connect .* on Facebook$/ }).click();
  await expect(
    page
      .getByText(/Free plan has 2 connected accounts/)
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
  await page.getByRole('radio', { name: /Post at once/ }).check();
  await page.getByRole('button', { name: /continue|finish|save/i }).click();
  await page.waitForURL('**/onboarding/done');
  await accessible(page);
});

test('writing with the offline drafter, posting now, and seeing it on the platform', async () => {
  await page.goto('/compose');
  await page.getByRole('checkbox', { name: /mira_draws/i }).check();
  await page.getByLabel('Topic').selectOption({ label: 'Tech' });
  await page
    .getByLabel('What should it say?')
    .fill('Our new pocket weather station measures wind, rain and light. It costs 49 dollars.');
  await page.getByRole('button', { name: 'Generate' }).click();
  const text = page.getByRole('textbox', { name: /text|post/i }).last();
  await expect(text).not.toHaveValue('');
  await expect(
    page
      .getByText(/offline drafter/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await accessible(page);
  await fitsPhone(page);

  const words = `A pocket weather station for your desk, number ${Math.floor(Math.random() * 1e9)}`;
  await text.fill(words);
  // Both clicks of an impatient person are one post.
  await page.getByRole('button', { name: 'Post now' }).dblclick();
  await page.waitForURL('**/posts/**');
  const permalink = page
    .getByRole('link', { name: /see|view|open|show/i })
    .filter({ visible: true })
    .first();
  await expect(page.getByText('Published').filter({ visible: true }).first()).toBeVisible({
    timeout: 60_000,
  });
  await accessible(page);
  await fitsPhone(page);
  await expect(permalink).toBeVisible();

  await page.goto('/sandbox/x/mira_draws');
  await expect(page.getByText(words)).toHaveCount(1);
  await accessible(page);
});

test('scheduling: a skipped hour and the past are refused with words', async () => {
  await page.goto('/compose');
  await page.getByRole('checkbox', { name: /mira_draws/i }).check();
  await page
    .getByRole('textbox', { name: /text|post/i })
    .last()
    .fill('Spring forward');
  await page.getByRole('radio', { name: 'At a time' }).check();
  // Clocks in Berlin go from 02:00 to 03:00 on 28 March 2027.
  await page.getByLabel('Date and time').fill('2027-03-28T02:30');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await expect(
    page
      .getByText(/clocks/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await page.getByLabel('Date and time').fill('2027-03-28T10:30');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.waitForURL('**/posts/**');
  await expect(page.getByText('Scheduled').filter({ visible: true }).first()).toBeVisible();
});

test('review first: a post waits, and the link in the e-mail approves it once', async () => {
  await page.goto('/settings/workspace');
  await accessible(page);
  await fitsPhone(page);
  await chooseReview(page, /Review first/);

  await page.goto('/compose');
  await page.getByRole('checkbox', { name: /mira_draws/i }).check();
  const words = `Please look at this first, ${Math.floor(Math.random() * 1e9)}`;
  await page
    .getByRole('textbox', { name: /text|post/i })
    .last()
    .fill(words);
  await page.getByRole('button', { name: 'Post now' }).click();
  await page.waitForURL('**/posts/**');
  const post = page.url();
  await page.goto('/todo');
  await expect(page.getByText(words).filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await fitsPhone(page);

  const link = linkIn(await newestMail(page, /approv|look|decision|wait/i), /\/api\/approvals\//);
  await page.goto(link);
  await accessible(page);
  await page.getByRole('button', { name: /approve/i }).click();
  await expect(
    page
      .getByText(/approved/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await page.goto(link);
  await expect(
    page
      .getByText(/already/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await page.goto(post);
  await expect(page.getByText('Published').filter({ visible: true }).first()).toBeVisible({
    timeout: 60_000,
  });
});

test('selling a PDF on Etsy: listed through the API, sold, synced, and priced down by a rule', async () => {
  await page.goto('/products/new');
  await accessible(page);
  await page.getByLabel('Title').fill('Weather log, printable');
  await page.getByLabel('Description').fill('A printable log for a year of weather.');
  await page.getByLabel('Price', { exact: true }).fill('12.00');
  await page.getByLabel('Lowest price').fill('9.00');
  await page.locator('input[type=file]').setInputFiles({
    name: 'log.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n'),
  });
  await page.getByRole('button', { name: 'Add product' }).click();
  await page.waitForURL(/\/products\/prd_/);
  await accessible(page);
  await fitsPhone(page);
  await page
    .getByRole('button', { name: /^List on/ })
    .first()
    .click();
  await expect(
    page
      .getByRole('link', { name: /see|view|open|etsy/i })
      .filter({ visible: true })
      .first(),
  ).toBeVisible({
    timeout: 60_000,
  });
  await expect(
    page
      .getByText(/^(Active|On sale|Live|Listed)$/)
      .filter({ visible: true })
      .first(),
  ).toBeVisible({ timeout: 60_000 });

  await page.getByLabel('At least this many views').fill('20');
  await page.getByLabel('and no sale within (hours)').fill('1');
  await page.getByLabel('Lower the price by (%)').fill('10');
  await page.getByLabel('Hours between changes').fill('24');
  await page.getByRole('button', { name: 'Set rule' }).click();
  await expect(page.getByRole('button', { name: 'Save rule' })).toBeVisible();

  const shop = await page.request.get('/sandbox/etsy/shop/InkAndOakPrints');
  const listing = /\/etsy\/listing\/(\d+)/.exec(await shop.text())?.[1] ?? '';
  expect(listing).not.toBe('');
  for (const [path, data] of [['etsy/views', { listing: Number(listing), views: 60 }]] as const)
    expect((await page.request.post(`/sandbox/control/${path}`, { data })).ok()).toBe(true);

  await page.goto('/orders');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(
    page
      .getByText(/sale|up to date|synced/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible({ timeout: 60_000 });
  await expect(async () => {
    await page.goto('/listings');
    await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await page.goto('/pricing-rules');
  await expect(
    page
      .getByText(/60 views and no sale .* from \$12\.00 to \$10\.80/)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await page.goto(`/sandbox/etsy/listing/${listing}`);
  await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await page.goto('/listings');
  await accessible(page);
  await fitsPhone(page);

  expect(
    (await page.request.post('/sandbox/control/etsy/sale', { data: { listing: Number(listing) } })).ok(),
  ).toBe(true);
  await page.goto('/orders');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText('Weather log, printable').filter({ visible: true }).first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
  await page.goto('/ledger');
  await expect(page.getByText('Weather log, printable').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
});

test('paying: checkout in the sandbox changes the limits at once, and cancelling works', async () => {
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

  // The account that Free refused can be connected now.
  await page.goto('/connections');
  await page.getByRole('button', { name: /Connect .* on Facebook$/ }).click();
  await approveConsent(page, /Mira/);
  await page.waitForURL('**/connections**');
  // She manages two Pages: the choice survives a reload, and only what she chose is connected.
  await expect(page.getByRole('heading', { name: 'Choose the Facebook Pages to connect' })).toBeFocused();
  await accessible(page);
  await fitsPhone(page);
  await page.reload();
  await page.getByRole('checkbox', { name: 'Mira Draws' }).check();
  await page.getByRole('button', { name: 'Connect Page', exact: true }).click();
  await expect(page.getByText('1 connected')).toHaveCount(3);
  await accessible(page);
  await fitsPhone(page);

  await page.goto('/settings/billing');
  await page.getByRole('button', { name: 'Cancel the subscription' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the subscription' }).click();
  await expect(page.getByText(/subscription ends on/i)).toBeVisible();
  await page.getByRole('button', { name: 'Keep the subscription' }).click();
  await expect(page.getByText(/next payment/i)).toBeVisible();
});

test('home shows it all, and every page of the app is sound', async () => {
  await page.goto('/home');
  await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible();
  for (const path of [...APP_PAGES, '/outbox']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await accessible(page);
    await fitsPhone(page);
  }
});

test('with the keyboard: the palette opens, finds a page and goes there', async () => {
  await page.goto('/home');
  const search = page.getByRole('button', { name: /^Search/ }).first();
  await search.focus();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(search).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/./).last().fill('ledger');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/ledger');
});

test('signed out, the app asks to sign in and comes back', async ({ browser }) => {
  const other = await browser.newContext();
  const { page: stranger, complaints: theirs } = await newPerson(other);
  await stranger.goto('/ledger');
  await stranger.waitForURL('**/sign-in?next=%2Fledger');
  await stranger.getByLabel('E-mail').fill(email);
  await stranger.getByLabel('Password', { exact: true }).fill(password);
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await stranger.waitForURL('**/ledger');
  theirs.none();
  await other.close();
});
