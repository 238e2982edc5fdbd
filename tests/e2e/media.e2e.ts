import { expect, type Locator, type Page } from '@playwright/test';
import { samplePng } from '@/server/domains/files/testing';
import { test } from './signed-in';
import { accessible, fitsPhone, writeFor } from './support';

const png = (name: string, colour: readonly [number, number, number]) => ({
  name,
  mimeType: 'image/png',
  buffer: samplePng(320, 180, colour),
});

/** Writes a text for X only on Compose. Returns the card of X, its file input and its list of pictures. */
async function onX(
  page: Page,
  words: string,
): Promise<{ card: Locator; picker: Locator; pictures: Locator }> {
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill(words);
  return cardOf(page);
}
function cardOf(page: Page) {
  const card = page.getByRole('group', { name: 'X', exact: true });
  return {
    card,
    picker: card.getByLabel('Add pictures or a video for X'),
    pictures: card.getByRole('list', { name: 'Pictures for X' }).getByRole('listitem'),
  };
}
/** Holds back uploads with a matching file name until the returned function is called. */
async function holdUploads(page: Page, name: RegExp): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  await page.route(
    (url) => url.pathname === '/api/media' && name.test(url.search),
    async (route) => {
      await released;
      await route.continue();
    },
  );
  return release;
}
const described = (card: Locator) =>
  card
    .getByRole('textbox', { name: /^What picture/ })
    .evaluateAll((fields) => fields.map((field) => (field as HTMLTextAreaElement).value));

test('two pictures with descriptions are reordered, published with their post and shown on the platform', async ({
  page,
}) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  const words = `From the sketchbook, number ${Math.floor(Math.random() * 1e9)}`;
  await text.fill(words);
  const card = page.getByRole('group', { name: 'X', exact: true });
  await card
    .getByLabel('Add pictures or a video for X')
    .setInputFiles([png('teal.png', [13, 120, 120]), png('rust.png', [180, 80, 20])]);
  const pictures = card.getByRole('list', { name: 'Pictures for X' }).getByRole('listitem');
  await expect(pictures).toHaveCount(2);
  await card.getByLabel('What picture 1 shows').fill('A heron');
  await card.getByLabel('What picture 2 shows').fill('A boat');
  await accessible(page);
  await fitsPhone(page);

  // By keyboard only; the description moves with its picture.
  await card.getByRole('button', { name: 'Move picture 2 up' }).focus();
  await page.keyboard.press('Enter');
  await expect(card.getByLabel('What picture 1 shows')).toHaveValue('A boat');
  // It is the first picture now, and the button that moves it back has the focus.
  await expect(card.getByRole('button', { name: 'Move picture 1 down' })).toBeFocused();
  // When a picture is moved from within its description, the description keeps the focus.
  await card.getByLabel('What picture 1 shows').focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(card.getByLabel('What picture 2 shows')).toBeFocused();
  await expect(card.getByLabel('What picture 2 shows')).toHaveValue('A boat');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(card.getByLabel('What picture 1 shows')).toBeFocused();
  // Lifted and moved by keyboard, and moved back by mouse.
  const handle = (name: string) => card.getByRole('button', { name });
  await handle('Move picture 1: A boat').focus();
  await page.keyboard.press('Space');
  await expect(page.getByText('Number 1 picked up. Position 1 of 2.')).toBeAttached();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText('Position 2 of 2.', { exact: true })).toBeAttached();
  await page.keyboard.press('Space');
  await expect(card.getByLabel('What picture 2 shows')).toHaveValue('A boat');
  await expect(handle('Move picture 2: A boat')).toBeFocused();
  await handle('Move picture 2: A boat').hover();
  await page.mouse.down();
  const above = await handle('Move picture 1: A heron').boundingBox();
  if (!above) throw new Error('The first picture is not visible');
  await page.mouse.move(above.x + above.width / 2, above.y + above.height / 2, { steps: 10 });
  await page.mouse.up();
  await expect(card.getByLabel('What picture 1 shows')).toHaveValue('A boat');

  await page.getByRole('button', { name: 'Post now' }).click();
  await page.waitForURL('**/posts/**');
  await expect(page.getByText('Published').filter({ visible: true }).first()).toBeVisible({
    timeout: 60_000,
  });
  await accessible(page);
  await fitsPhone(page);

  await page.goto('/sandbox/x/mira_draws');
  const post = page.getByRole('article').filter({ hasText: words });
  await expect(post).toHaveCount(1);
  const shown = post.getByRole('img');
  await expect(shown).toHaveCount(2);
  await expect(shown.nth(0)).toHaveAttribute('alt', 'A boat');
  await expect(shown.nth(1)).toHaveAttribute('alt', 'A heron');
  for (const one of await shown.all()) {
    await one.scrollIntoViewIfNeeded();
    await expect.poll(() => one.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(320);
  }
  await accessible(page);
});

test('a file that is not a picture is refused with a message, and the text is kept', async ({ page }) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill('With a map');
  const card = page.getByRole('group', { name: 'X', exact: true });
  await card.getByLabel('Add pictures or a video for X').setInputFiles({
    name: 'map.png',
    mimeType: 'image/png',
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  });
  await expect(card.getByRole('alert').filter({ hasText: /file type is not supported/ })).toBeVisible();
  await accessible(page);
  await card.getByRole('button', { name: 'Remove' }).click();
  await expect(text).toHaveValue('With a map');
  await expect(page.getByRole('button', { name: 'Post now' })).toBeEnabled();
});

test('a failed upload blocks the post, and the retried upload keeps its place', async ({
  page,
  complaints,
}) => {
  complaints.except(/ERR_FAILED.*\/api\/media/);
  await page.goto('/compose');
  const { card, picker, pictures } = await onX(page, 'With a break in the line');
  const lost = (url: URL) => url.pathname === '/api/media' && url.search.includes('first');
  await page.route(lost, (route) => route.abort());
  const long = 'first-with-a-name-as-long-as-those-that-cameras-and-phones-give-to-their-pictures.png';
  await picker.setInputFiles([png(long, [1, 2, 3]), png('second.png', [4, 5, 6])]);
  await expect(pictures).toHaveCount(1);
  await card.getByLabel('What picture 1 shows').fill('The second');
  await expect(card.getByRole('alert').filter({ hasText: /upload failed/ })).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
  await expect(page.getByText('A picture was not uploaded. Try it again or remove it.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Post now' })).toBeDisabled();
  await page.getByRole('button', { name: 'Save to library' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Not saved yet.' })).toBeVisible();

  await page.unroute(lost);
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(pictures).toHaveCount(2);
  await expect.poll(() => described(card)).toEqual(['', 'The second']);
  await expect(page.getByRole('button', { name: 'Post now' })).toBeEnabled();
});

test('saving waits for the uploads, and the reopened post has its pictures in the chosen order', async ({
  page,
}) => {
  await page.goto('/compose');
  const { card, picker, pictures } = await onX(page, `A triptych ${Math.floor(Math.random() * 1e9)}`);
  const release = await holdUploads(page, /left/);
  await picker.setInputFiles([
    png('left.png', [200, 10, 10]),
    png('middle.png', [10, 200, 10]),
    png('right.png', [10, 10, 200]),
  ]);
  await expect(pictures).toHaveCount(2);
  await card.getByLabel('What picture 1 shows').fill('The middle');
  await card.getByLabel('What picture 2 shows').fill('The right');

  // Neither saving nor leaving loses uploads in progress.
  await page.getByRole('button', { name: 'Save to library' }).click();
  await expect(page.getByText('The picture is still uploading. Then it is saved.')).toBeVisible();
  await page.getByRole('link', { name: 'Calendar' }).first().click();
  const question = page.getByRole('alertdialog', { name: 'Leave while a picture is being uploaded?' });
  await expect(question).toBeVisible();
  await accessible(page);
  await question.getByRole('button', { name: 'Stay' }).click();
  await expect(page).toHaveURL(/\/compose/);
  // Deselecting a platform for a while does not lose them either.
  const account = page.getByRole('checkbox', { name: /mira_draws/ });
  await account.uncheck();
  await expect(card).toHaveCount(0);
  await account.check();
  await expect(card.getByRole('list', { name: 'Uploads' }).getByRole('listitem')).toHaveCount(1);

  release();
  await page.waitForURL('**/compose?post=*');
  await expect(page.getByText('Saved to the library.')).toBeVisible();
  await expect(pictures).toHaveCount(3);
  await page.reload();
  await expect(pictures).toHaveCount(3);
  expect(await described(card)).toEqual(['', 'The middle', 'The right']);
});

test('the only picture of a saved post can be removed while its replacement is being uploaded', async ({
  page,
}) => {
  await page.goto('/compose');
  const { card, picker, pictures } = await onX(page, '');
  await picker.setInputFiles([png('old-sketch.png', [9, 9, 9])]);
  await expect(pictures).toHaveCount(1);
  await page.getByRole('button', { name: 'Save to library' }).click();
  await page.waitForURL('**/compose?post=*');
  await page.reload();
  // The post was never named, so the name field stays empty.
  await expect(pictures).toHaveCount(1);
  await expect(page.getByLabel('Name')).toHaveValue('');

  const release = await holdUploads(page, /new/);
  await picker.setInputFiles([png('new.png', [99, 9, 9])]);
  await expect(card.getByRole('list', { name: 'Uploads' })).toContainText('new.png');
  await card.getByRole('button', { name: 'Remove picture 1' }).click();
  await expect(pictures).toHaveCount(0);
  await expect(card.getByRole('button', { name: 'Add more' })).toBeFocused();
  await expect(card.getByRole('progressbar', { name: /new.png/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Post now' })).toBeDisabled();
  release();
  await expect(pictures).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Post now' })).toBeEnabled();
  // Undoing the removal restores the picture exactly once.
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(pictures).toHaveCount(2);
});
