import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { accessible, type BrowserErrors, chooseReview, newPage, signIn, writeFor } from './support';

// An open page follows changes without a reload. Each test builds on the previous one.
test.describe.configure({ mode: 'serial' });

let context: BrowserContext;
let page: Page;
let complaints: BrowserErrors;
/** Address of the published post. */
let post = '';
const words = `Seen without a reload, ${Math.floor(Math.random() * 1e9)}`;

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext();
  ({ page, complaints } = await newPage(context));
  await signIn(page, 'demo@tributary.localhost');
});
test.afterEach(() => complaints.none());
test.afterAll(() => context.close());

/** Waits until the page's event stream is connected. */
const streams = (of: Page) =>
  of.waitForResponse((response) => response.url().includes('/api/live') && response.status() === 200);
/** Marks the document, so that a reload is noticed. Returns a function that counts the documents loaded since. */
async function watch(of: Page): Promise<() => number> {
  await of.evaluate(() => Object.assign(window, { stillHere: true }));
  let documents = 0;
  of.on('request', (request) => {
    if (request.isNavigationRequest()) documents += 1;
  });
  return () => documents;
}
async function reviewing(choice: RegExp): Promise<void> {
  await page.goto('/settings/workspace');
  await chooseReview(page, choice);
}
const here = (of: Page) => of.evaluate(() => (window as { stillHere?: true }).stillHere === true);

test('the page of a post shows that it was published, and announces it once', async () => {
  await reviewing(/Post without review/);
  const standing = streams(page);
  await page.goto('/compose');
  await standing;
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill(words);
  // X responds slowly, so that the page is open before the post is published.
  const slow = { platform: 'x', operation: 'createPosts', kind: 'latency', ms: 6_000, count: 1 };
  expect((await page.request.post('/sandbox/control/faults', { data: slow })).ok()).toBe(true);
  await page.getByRole('button', { name: 'Post now' }).click();
  await page.waitForURL('**/posts/**');
  post = page.url();
  const documents = await watch(page);
  const row = page.locator('[data-publication]').first();
  await expect(row.getByText('Publishing now.')).toBeVisible({ timeout: 30_000 });
  await expect(row.getByRole('progressbar', { name: 'Publishing' })).toBeVisible();
  await expect(row).toHaveAttribute('data-state', 'published', { timeout: 60_000 });
  await expect(row.getByRole('link', { name: /open the post/i })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Published' })).toHaveCount(1);
  expect(await here(page)).toBe(true);
  expect(documents()).toBe(0);
  await accessible(page);
});

test('what one member does appears on another member’s pages within moments: the calendar, Home and the count', async ({
  browser,
}) => {
  const calendar = await context.newPage();
  const home = await context.newPage();
  for (const [tab, path] of [
    [calendar, '/calendar?view=week'],
    [home, '/home'],
  ] as const) {
    const standing = streams(tab);
    await tab.goto(path);
    await standing;
    await watch(tab);
  }
  await reviewing(/Review first/);
  // A member who cannot approve requests approval by posting.
  const elsewhere = await browser.newContext();
  const { page: operator } = await newPage(elsewhere);
  await signIn(operator, 'operator@tributary.localhost');
  await operator.goto('/compose');
  const text = await writeFor(operator, 'mira_draws', 'X');
  const asking = `Please decide, ${Math.floor(Math.random() * 1e9)}`;
  await text.fill(asking);
  const count = () =>
    home
      .getByRole('link', { name: /^To do/ })
      .filter({ visible: true })
      .first()
      .innerText();
  const before = await count();
  await operator.getByRole('button', { name: 'Post now' }).click();
  await operator.waitForURL('**/posts/**');
  // Without the stream, the count is polled every half minute and Home is refreshed every minute.
  await expect.poll(count, { timeout: 8_000 }).not.toBe(before);
  await expect(home.getByText(asking).filter({ visible: true }).first()).toBeVisible({ timeout: 8_000 });
  await expect(calendar.getByText(asking).filter({ visible: true }).first()).toBeVisible({ timeout: 8_000 });
  for (const tab of [calendar, home]) {
    expect(await here(tab)).toBe(true);
    await tab.close();
  }
  await elsewhere.close();
});

test('a page reports that it has not been live for a while, and catches up automatically', async () => {
  const tab = await context.newPage();
  await tab.route('**/api/live?*', (route) => route.abort());
  await tab.goto(post);
  const quiet = tab.getByText('Connection lost: trying again');
  await expect(quiet).toBeVisible({ timeout: 40_000 });
  await tab.unroute('**/api/live?*');
  await expect(quiet).toBeHidden({ timeout: 60_000 });
  await tab.close();
});

test('the stream is for members only', async ({ browser }) => {
  const stranger = await browser.newContext();
  expect((await stranger.request.get('/api/live')).status()).toBe(401);
  await stranger.close();
});
