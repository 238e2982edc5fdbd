import { expect } from '@playwright/test';
import { test } from './signed-in';
import {
  accessible,
  chooseReview,
  explainsDisabledButtons,
  fitsPhone,
  linkIn,
  newestMail,
  newPage,
  signIn,
  writeFor,
} from './support';

test('a post written with the offline drafter and posted now appears on the platform', async ({ page }) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  await page.getByLabel('Topic').selectOption({ label: 'Tech' });
  await page
    .getByLabel('What should it say?')
    .fill('Our new pocket weather station measures wind, rain and light. It costs 49 dollars.');
  await page.getByRole('button', { name: 'Generate' }).click();
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
  // Impatient double clicks create only one post.
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

test('scheduling refuses a skipped hour with a message', async ({ page }) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill('Spring forward');
  await page.getByRole('radio', { name: 'At a time' }).check();
  // On 28 March 2027, clocks in Berlin go from 02:00 to 03:00.
  await page.getByLabel('Date and time').fill('2027-03-28T02:30');
  await page.getByRole('button', { name: 'Schedule' }).click();
  // The warning below the button may appear first; the refusal is shown at the field.
  await expect(page.getByLabel('Date and time')).toHaveAccessibleDescription(/clocks/i);
  await page.getByLabel('Date and time').fill('2027-03-28T10:30');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.waitForURL('**/posts/**');
  await expect(page.getByText('Scheduled').filter({ visible: true }).first()).toBeVisible();
});

test('notices about a time appear below the button, and the button stays under the pointer', async ({
  page,
}) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill('The same words twice');
  await page.getByRole('radio', { name: 'At a time' }).check();
  const when = page.getByLabel('Date and time');
  await when.fill('2027-05-03T10:30');
  const button = page.getByRole('button', { name: /^Schedule/ });
  await button.click();
  await page.waitForURL('**/posts/**');
  await page.goto('/compose');
  await (await writeFor(page, 'mira_draws', 'X')).fill('The same words twice');
  await page.getByRole('radio', { name: 'At a time' }).check();
  await when.fill('2027-05-03T10:30');
  await button.scrollIntoViewIfNeeded();
  const place = async () => {
    const box = await button.boundingBox();
    return [Math.round(box?.x ?? 0), Math.round(box?.y ?? 0)];
  };
  const before = await place();
  await expect(button).toHaveText('Schedule anyway');
  expect(await place()).toEqual(before);
  await expect(button).toHaveAccessibleDescription(/same|again|already/i);
  await accessible(page);
  await fitsPhone(page);
  // At the end of the page, the disappearing notice would move everything down.
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  const end = await place();
  await when.fill('2029-05-03T10:30');
  await expect(button).toHaveText('Schedule');
  expect(await place()).toEqual(end);
});

test('text typed while a post is being saved is kept', async ({ page }) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill('Half a thought');
  let answer = () => {};
  const typed = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\/api\/trpc\/[^?]*posts\.create/, async (route) => {
    const response = await route.fetch();
    await typed;
    await route.fulfill({ response });
  });
  const save = page.getByRole('button', { name: 'Save to library' });
  await save.click();
  await expect(save).toBeDisabled();
  await text.fill('Half a thought, and the rest');
  answer();
  await expect(page.getByText('Saved to the library.').filter({ visible: true }).first()).toBeVisible();
  await expect(text).toHaveValue('Half a thought, and the rest');
  await page.waitForURL(/compose\?post=/);
  await page.reload();
  await expect(text).toHaveValue('Half a thought, and the rest');
});

test('a scheduled post is edited and published as edited, and its page keeps showing that version', async ({
  page,
}) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  const number = Math.floor(Math.random() * 1e9);
  await text.fill(`Before the edit, ${number}`);
  await page.getByRole('radio', { name: 'At a time' }).check();
  await page.getByLabel('Date and time').fill('2027-06-07T10:30');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.waitForURL('**/posts/**');
  const post = page.url();
  await page.getByRole('link', { name: 'Edit' }).click();
  const save = page.getByRole('button', { name: 'Save changes' });
  await expect(save).toBeEnabled();
  await expect(page.getByText('with your changes')).toBeVisible();
  await expect(page.getByRole('button', { name: /^(Post now|Schedule)/ })).toHaveCount(0);
  await expect(page.getByRole('status', { name: 'Before you schedule' })).toHaveCount(0);
  await accessible(page);
  await fitsPhone(page);
  // Without the account of the pending publication, saving is disabled, with the reason next to its button.
  const account = page
    .getByRole('group', { name: 'Write for' })
    .getByRole('checkbox', { name: 'mira_draws' });
  await account.uncheck();
  await expect(save).toBeDisabled();
  await expect(save).toHaveAccessibleDescription(/^It is still scheduled for X\./);
  await explainsDisabledButtons(page);
  await fitsPhone(page);
  await account.check();
  await expect(save).toBeEnabled();
  await text.fill(`After the edit, ${number}`);
  await save.click();
  await page.waitForURL(post);
  await expect(page.getByText('Saved. Scheduled posts now use this version.')).toBeVisible();
  const shown = (standing: string) => page.locator(`[data-standing="${standing}"]`);
  await expect(shown('goes')).toContainText(`After the edit, ${number}`);

  // The same post is also published now, and the pending copy stays scheduled.
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Post to more accounts' }).click();
  await page.getByRole('button', { name: /^Post now/ }).click();
  await page.waitForURL(post);
  await expect(shown('sent')).toContainText(`After the edit, ${number}`, { timeout: 60_000 });
  await page.getByRole('link', { name: 'Edit' }).click();
  await expect(page.getByText('It does not change')).toBeVisible();
  await text.fill(`Once more, ${number}`);
  await save.click();
  await page.waitForURL(post);
  await expect(shown('goes')).toContainText(`Once more, ${number}`);
  await expect(shown('sent')).toContainText(`After the edit, ${number}`);
  await accessible(page);
  await fitsPhone(page);

  await page.goto('/sandbox/x/mira_draws');
  await expect(page.getByText(`After the edit, ${number}`)).toHaveCount(1);
  await expect(page.getByText(`Before the edit, ${number}`)).toHaveCount(0);
  await expect(page.getByText(`Once more, ${number}`)).toHaveCount(0);
});

test('a sole owner posts without approval where posts are reviewed first, and clearing the queue states what it removes', async ({
  page,
}) => {
  await page.goto('/settings/workspace');
  await accessible(page);
  await fitsPhone(page);
  await chooseReview(page, /Review first/);
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill(`My own decision, ${Math.floor(Math.random() * 1e9)}`);
  await expect(page.getByText(/once approved/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Post now' }).click();
  await page.waitForURL('**/posts/**');
  await expect(page.locator('[data-publication]').first()).toHaveAttribute('data-state', 'published', {
    timeout: 60_000,
  });
  await page.goto('/outbox');
  await expect(page.getByRole('link', { name: /My own decision/ })).toHaveCount(0);

  // A scheduled post, which clearing the queue would remove.
  await page.goto('/compose');
  await (await writeFor(page, 'mira_draws', 'X')).fill(`In the queue, ${Math.floor(Math.random() * 1e9)}`);
  await page.getByRole('radio', { name: 'At a time' }).check();
  await page.getByLabel('Date and time').fill('2027-07-05T10:30');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.waitForURL('**/posts/**');
  await expect(page.locator('[data-publication]').first()).toHaveAttribute('data-state', 'scheduled');

  await page.goto('/home');
  await page.getByRole('button', { name: 'Stop and clear' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText(/Remove \d+ posts? \(\d+ (copy|copies)\) from the queue/);
  await accessible(page);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Posting is on')).toBeVisible();
});

test('review first: an operator’s post waits for approval, and the link in the e-mail approves it once', async ({
  browser,
}) => {
  const apart = { storageState: { cookies: [], origins: [] } };
  const owner = await newPage(await browser.newContext(apart));
  const operator = await newPage(await browser.newContext(apart));
  const { page } = owner;
  await signIn(page, 'demo@tributary.localhost');
  await page.goto('/settings/workspace');
  await chooseReview(page, /Review first/);

  await signIn(operator.page, 'operator@tributary.localhost');
  await operator.page.goto('/compose');
  const text = await writeFor(operator.page, 'mira_draws', 'X');
  const words = `Please look at this first, ${Math.floor(Math.random() * 1e9)}`;
  await text.fill(words);
  await operator.page.getByRole('button', { name: 'Post now' }).click();
  await operator.page.waitForURL('**/posts/**');
  const post = operator.page.url();
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
  // The link shows the decision, and offers no further action.
  await expect(page.getByRole('heading', { name: /^Approved: / })).toBeVisible();
  await expect(page.getByRole('button', { name: /approve/i })).toHaveCount(0);
  await page.goto(post);
  await expect(page.getByText('Published').filter({ visible: true }).first()).toBeVisible({
    timeout: 60_000,
  });
  for (const person of [owner, operator]) {
    person.complaints.none();
    await person.page.context().close();
  }
});
