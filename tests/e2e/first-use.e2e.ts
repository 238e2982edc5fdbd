import { type Browser, expect, test } from '@playwright/test';
import { ClickOnlyUser } from './clicking';
import { accessible, approveConsent } from './support';

// From the landing page into the app by clicking only, for each plan, on a desktop and on a phone. Each test includes typical detours: back
// and forward, a second tab, signing out midway, paying late or not at all.
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const PASSWORD = 'Kettle-boat-1843';

async function register(
  browser: Browser,
  viewport: { width: number; height: number },
  who: string,
): Promise<ClickOnlyUser> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  const walker = await ClickOnlyUser.at(context, '/');
  const { page } = walker;
  await walker.link(/start free|create .*account|get started|start on free/i);
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill(`${who}@example.com`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('checkbox').check();
  await walker.button('Create account');
  await walker.expectAt(/\/onboarding\/plan$/, /^Welcome/);
  return walker;
}

async function pay({ page }: ClickOnlyUser): Promise<void> {
  await page.waitForURL(/\/sandbox\/stripe\/checkout\//);
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByRole('button', { name: /^pay/i }).click();
}

const toPlatforms = (walker: ClickOnlyUser) =>
  walker.expectAt(/\/onboarding\/platforms(\?|$)/, 'Connect your platforms');
const toTopics = (walker: ClickOnlyUser) => walker.expectAt(/\/onboarding\/topics$/, 'Choose your topics');
async function chooseTopics(walker: ClickOnlyUser, names = ['Memes', 'Tech']): Promise<void> {
  await toTopics(walker);
  for (const name of names) await walker.page.getByRole('checkbox', { name }).check();
  await walker.button('Continue');
  await walker.expectAt(/\/onboarding\/automation$/, 'When to post');
}
const toDone = (walker: ClickOnlyUser) => walker.expectAt(/\/onboarding\/done$/, 'Your workspace is set up');
async function finish(walker: ClickOnlyUser): Promise<void> {
  await walker.click(walker.page.getByRole('button', { name: 'Finish' }), { twice: true });
  await toDone(walker);
}
async function end(walker: ClickOnlyUser): Promise<void> {
  walker.complaints.none();
  await walker.page.context().close();
}

test('Free on a desktop: “Upgrade” leads to the plans and back, and the first post is scheduled', async ({
  browser,
}) => {
  const walker = await register(browser, DESKTOP, 'free-desktop');
  const { page } = walker;
  await walker.button('Continue with Free');
  await toPlatforms(walker);
  await walker.button(/Connect .* on X$/);
  await approveConsent(page, /mira_draws/);
  await toPlatforms(walker);
  await walker.button('Continue');
  await toTopics(walker);
  await walker.link('Upgrade to Pro');
  await walker.expectAt(/\/onboarding\/plan\?from=topics$/, /^Welcome/);
  await walker.button('Continue with Free');
  await chooseTopics(walker);
  await page.getByRole('radio', { name: /Post without review/ }).check();
  await finish(walker);
  await walker.link('Write your first post');
  await walker.expectAt(/\/compose$/, /./);
  await page.getByRole('textbox', { name: 'Text' }).fill('Our first post');
  await page.getByRole('radio', { name: 'At a time' }).check();
  await page.getByLabel('Date and time').fill('2027-03-28T10:30');
  await walker.button(/^Schedule/);
  await page.waitForURL('**/posts/**');
  await expect(page.getByText('Scheduled').filter({ visible: true }).first()).toBeVisible();
  await end(walker);
});

test('Free on a phone: going back by the page and by the browser, and a second tab that finishes first', async ({
  browser,
}) => {
  const walker = await register(browser, PHONE, 'free-phone');
  const { page } = walker;
  await walker.button('Continue with Free');
  await toPlatforms(walker);
  await walker.link('Plan');
  await walker.expectAt(/\/onboarding\/plan$/, /^Welcome/);
  await walker.button('Continue with Free');
  await toPlatforms(walker);
  await walker.button('Connect later');
  await toTopics(walker);
  await page.goBack();
  await toPlatforms(walker);
  await page.goForward();
  await toTopics(walker);

  // The second tab starts at the step of the first one, and finishes.
  const second = await ClickOnlyUser.at(page.context(), '/home');
  await chooseTopics(second);
  await finish(second);
  await second.link('Go to Home');
  await second.expectAt(/\/home$/, 'Home');
  second.complaints.none();
  await second.page.close();

  // The first tab does not know this, and arrives at the same end.
  await chooseTopics(walker);
  await finish(walker);
  await walker.link('Go to Home');
  await walker.expectAt(/\/home$/, 'Home');
  // The workspace is empty, so the page suggests the next step.
  await walker.link(/^Connect a/);
  await walker.expectAt(/\/connections$/, 'Connections');
  await walker.button(/Connect .* on X$/);
  await approveConsent(page, /mira_draws/);
  await walker.expectAt(/\/connections\?/, 'Connections');
  await walker.link('Home');
  await walker.expectAt(/\/home$/, 'Home');
  await walker.link('Write a post');
  await walker.expectAt(/\/compose$/, /./);
  await end(walker);
});

test('Pro on a desktop: the payment is confirmed late, and signing out midway loses nothing', async ({
  browser,
}) => {
  const walker = await register(browser, DESKTOP, 'pro-desktop');
  const { page } = walker;
  await walker.button('Choose Pro');
  await page.waitForURL(/\/sandbox\/stripe\/checkout\//);
  // Stripe is unavailable for a while when the user returns.
  const away = { platform: 'stripe', operation: 'GetCheckoutSessionsSession', kind: '500_before', count: 3 };
  expect((await page.request.post('/sandbox/control/faults', { data: away })).ok()).toBe(true);
  await pay(walker);
  walker.complaints.except(/50\d.*billing\.confirm/);
  await expect(page.getByText('Your payment is being confirmed')).toBeVisible();
  // The page continues the set-up automatically.
  await toPlatforms(walker);
  await walker.button('Connect later');
  await toTopics(walker);
  await walker.button('Sign out');
  await walker.expectAt(/\/sign-in$/, 'Sign in');
  await page.getByLabel('E-mail').fill('pro-desktop@example.com');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await walker.button('Sign in');
  await chooseTopics(walker, ['Memes', 'Business']);
  await finish(walker);
  await walker.link('Go to Home');
  await walker.expectAt(/\/home$/, 'Home');
  // The plan next to the workspace's name links to Billing.
  await walker.link('Pro plan');
  await walker.expectAt(/\/settings\/billing$/, /./);
  await expect(page.getByText(/next payment/i)).toBeVisible();
  // A change in the portal is visible when the user returns.
  await walker.button('Invoices and card');
  await page.waitForURL(/\/sandbox\/stripe\/portal\//);
  await page.getByRole('button', { name: /^Switch to/ }).click();
  await page.getByRole('link', { name: /^Return to/ }).click();
  await expect(page.getByText('Agency plan').filter({ visible: true }).first()).toBeVisible({
    timeout: 30_000,
  });
  await walker.expectAt(/\/settings\/billing$/, /./);
  await end(walker);
});

test('Pro on a phone: “Upgrade” in the topics step leads to the checkout and back to the topics', async ({
  browser,
}) => {
  const walker = await register(browser, PHONE, 'pro-phone');
  const { page } = walker;
  await walker.button('Continue with Free');
  await toPlatforms(walker);
  await walker.button('Connect later');
  await toTopics(walker);
  await walker.link('Upgrade to Pro');
  await walker.expectAt(/\/onboarding\/plan\?from=topics$/, /^Welcome/);
  await walker.button('Choose Pro');
  await pay(walker);
  await toTopics(walker);
  await expect(page.getByText('Needs Pro')).toHaveCount(0);
  await chooseTopics(walker, ['Memes', 'Business', 'Travel']);
  await finish(walker);
  await walker.link('Write your first post');
  await walker.expectAt(/\/compose$/, /./);
  await end(walker);
});

test('Agency on a desktop: a payment is cancelled and made later, and the set-up is repeated', async ({
  browser,
}) => {
  const walker = await register(browser, DESKTOP, 'agency-desktop');
  const { page } = walker;
  await walker.button('Choose Agency');
  await page.waitForURL(/\/sandbox\/stripe\/checkout\//);
  await page.getByRole('link', { name: /^Cancel/ }).click();
  await walker.expectAt(/\/onboarding\/plan\?checkout=cancelled$/, /^Welcome/);
  await expect(page.getByText('Payment cancelled')).toBeVisible();
  await accessible(page);
  await walker.button('Choose Agency');
  await pay(walker);
  await toPlatforms(walker);
  // The paid checkout page, opened again, leads back to the set-up.
  await page.goBack();
  await page.getByRole('link', { name: 'Go back' }).click();
  await toPlatforms(walker);
  await walker.button('Connect later');
  await chooseTopics(walker);
  await finish(walker);
  // Goes through the whole set-up again.
  await walker.link(/^Plan/);
  await walker.expectAt(/\/onboarding\/plan$/, /^Welcome/);
  await walker.button('Continue with Agency');
  await toPlatforms(walker);
  await walker.button('Connect later');
  await chooseTopics(walker, []);
  await finish(walker);
  await walker.link('Go to Home');
  await walker.expectAt(/\/home$/, 'Home');
  await expect(page.getByText('Agency').filter({ visible: true }).first()).toBeVisible();
  await end(walker);
});

test('Agency on a phone: bought in Billing after one cancelled checkout, and in effect immediately', async ({
  browser,
}) => {
  const walker = await register(browser, PHONE, 'agency-phone');
  const { page } = walker;
  await walker.button('Continue with Free');
  await toPlatforms(walker);
  await walker.button('Connect later');
  await chooseTopics(walker);
  await finish(walker);
  await walker.link('Go to Home');
  await walker.expectAt(/\/home$/, 'Home');
  await walker.link('Free plan');
  await walker.expectAt(/\/settings\/billing$/, /./);
  await walker.button('Upgrade to Agency');
  await page.waitForURL(/\/sandbox\/stripe\/checkout\//);
  await page.getByRole('link', { name: /^Cancel/ }).click();
  await expect(page.getByText('Payment cancelled')).toBeVisible();
  await walker.button('Upgrade to Agency');
  await pay(walker);
  await walker.expectAt(/\/settings\/billing$/, /./);
  await expect(page.getByRole('link', { name: 'Agency plan', exact: true })).toBeVisible();
  await walker.link('Home');
  await walker.expectAt(/\/home$/, 'Home');
  await end(walker);
});

test('signing out and in again in another tab leaves no page without a way forward', async ({ browser }) => {
  const walker = await register(browser, DESKTOP, 'two-tabs');
  await walker.button('Continue with Free');
  await toPlatforms(walker);
  await walker.button('Connect later');
  await chooseTopics(walker);
  await finish(walker);
  await walker.link('Go to Home');
  await walker.expectAt(/\/home$/, 'Home');
  const second = await ClickOnlyUser.at(walker.page.context(), '/home');
  await second.button(/^Account of/);
  await second.click(second.page.getByRole('menuitem', { name: 'Sign out' }));
  await second.expectAt(/\/sign-in$/, 'Sign in');
  await walker.link('Products');
  await walker.expectAt(/\/sign-in\?next=/, 'Sign in');
  await second.page.getByLabel('E-mail').fill('two-tabs@example.com');
  await second.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await second.button('Sign in');
  await second.expectAt(/\/home$/, 'Home');
  await walker.page.goBack();
  await walker.expectAt(/\/home$/, 'Home');
  await walker.link('Products');
  await walker.expectAt(/\/products$/, 'Products');
  await end(walker);
});
