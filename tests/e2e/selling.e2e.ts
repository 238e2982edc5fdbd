import { expect } from '@playwright/test';
import { samplePng } from '@/server/domains/files/testing';
import { test } from './signed-in';
import { accessible, fitsPhone, open } from './support';

test('selling a PDF on Etsy: listed through the API, sold, synced, and reduced in price by a rule', async ({
  page,
}) => {
  await page.goto('/products/new');
  await accessible(page);
  await page.getByLabel('Title').fill('Weather log, printable');
  await page.getByLabel('Description').fill('A printable log for a year of weather.');
  await page.getByLabel('Price', { exact: true }).fill('12.00');
  await page.getByLabel('Lowest price').fill('9.00');
  // Saving waits for the pending upload, and does not save if the upload fails.
  const add = page.getByRole('button', { name: 'Add product' });
  const chooseFile = () =>
    page.locator('input[type=file]').setInputFiles({
      name: 'log.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n'),
    });
  for (const arrives of [false, true]) {
    let go = () => {};
    const clicked = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route('**/api/files', async (route) => {
      await clicked;
      await (arrives
        ? route.continue()
        : route.fulfill({ status: 403, json: { message: 'No room is left.' } }));
    });
    await chooseFile();
    await add.click();
    await expect(page.getByText('Uploading the file.')).toBeVisible();
    go();
    if (arrives) await page.waitForURL(/\/products\/prd_/);
    else await expect(page.getByText('The upload failed, so nothing was saved.')).toBeVisible();
    await page.unroute('**/api/files');
  }
  await expect(page.getByRole('link', { name: 'log.pdf' })).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
  await page
    .getByRole('button', { name: /^List on/ })
    .first()
    .click();
  // Nothing is listed before a picture has been chosen and shown.
  const step = page.getByRole('dialog', { name: /^List on/ });
  const go = step.getByRole('button', { name: 'List with this picture' });
  await expect(go).toBeDisabled();
  await step.getByRole('button', { name: 'Use a title card' }).click();
  const card = step.getByRole('img', { name: /Weather log/ });
  await expect(card).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
  await step.getByLabel('Picture for the listing').setInputFiles({
    name: 'cover.png',
    mimeType: 'image/png',
    buffer: samplePng(400, 300, [180, 80, 20]),
  });
  const own = step.getByRole('img', { name: 'The picture you uploaded' });
  await expect.poll(() => own.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(400);
  const chosen = await own.getAttribute('src');
  await go.click();
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
  await page.getByLabel('and no sales within (hours)').fill('1');
  await page.getByLabel('Lower the price by (%)').fill('10');
  await page.getByLabel('Hours between changes').fill('24');
  await page.getByRole('button', { name: 'Set rule' }).click();
  await expect(page.getByRole('button', { name: 'Save rule' })).toBeVisible();

  const shop = await page.request.get('/sandbox/etsy/shop/InkAndOakPrints');
  const listing = /\/etsy\/listing\/(\d+)/.exec(await shop.text())?.[1] ?? '';
  expect(listing).not.toBe('');
  // The shop shows the picture that was shown here.
  const inShop = await (await page.request.get(`/sandbox/etsy/listing/${listing}`)).text();
  const pictures = [...inShop.matchAll(/<img class="product" src="([^"]+)"/g)];
  expect(pictures).toHaveLength(1);
  const published = await page.request.get(pictures[0]?.[1] ?? '');
  const ours = await page.request.get(chosen ?? '');
  expect((await published.body()).equals(await ours.body())).toBe(true);
  for (const [path, data] of [['etsy/views', { listing: Number(listing), views: 60 }]] as const)
    expect((await page.request.post(`/sandbox/control/${path}`, { data })).ok()).toBe(true);

  await open(page, 'Orders');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(
    page
      .getByText(/sale|up to date|synced/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible({ timeout: 60_000 });
  await expect(async () => {
    await open(page, 'Products');
    await open(page, 'Listings');
    await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await open(page, 'Pricing');
  await expect(
    page
      .getByText(/60 views and no sales .* from \$12\.00 to \$10\.80/)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await page.goto(`/sandbox/etsy/listing/${listing}`);
  await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await page.goBack();
  await open(page, 'Listings');
  await expect(page.getByRole('heading', { level: 1, name: 'Listings' })).toBeVisible();
  await accessible(page);
  await fitsPhone(page);

  expect(
    (await page.request.post('/sandbox/control/etsy/sale', { data: { listing: Number(listing) } })).ok(),
  ).toBe(true);
  await open(page, 'Orders');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText('Weather log, printable').filter({ visible: true }).first()).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
  await open(page, 'Ledger');
  await expect(page.getByText('Weather log, printable').filter({ visible: true }).first()).toBeVisible();
  await accessible(page);
  await fitsPhone(page);
  await open(page, 'Home');
  await expect(page.getByText('$10.80').filter({ visible: true }).first()).toBeVisible();
});
