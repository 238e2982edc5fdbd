import { expect } from '@playwright/test';
import { samplePng } from '@/server/domains/files/testing';
import { test } from './signed-in';
import { accessible, fitsPhone, writeFor } from './support';

const png = (name: string, colour: readonly [number, number, number]) => ({
  name,
  mimeType: 'image/png',
  buffer: samplePng(320, 180, colour),
});

test('two pictures with descriptions are put into order, go out with their post and are on the platform', async ({
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

  // With the keyboard alone; the description goes with its picture.
  await card.getByRole('button', { name: 'Move picture 2 forward' }).focus();
  await page.keyboard.press('Enter');
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

test('what is no picture is refused with words, and what was written stays', async ({ page }) => {
  await page.goto('/compose');
  const text = await writeFor(page, 'mira_draws', 'X');
  await text.fill('With a map');
  const card = page.getByRole('group', { name: 'X', exact: true });
  await card.getByLabel('Add pictures or a video for X').setInputFiles({
    name: 'map.png',
    mimeType: 'image/png',
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  });
  await expect(card.getByRole('alert').filter({ hasText: /not one of these kinds/ })).toBeVisible();
  await accessible(page);
  await card.getByRole('button', { name: 'Remove' }).click();
  await expect(text).toHaveValue('With a map');
  await expect(page.getByRole('button', { name: 'Post now' })).toBeEnabled();
});
