import { expect, test } from '@playwright/test';
import { accessible, fitsPhone } from './support';

test('a queued post can be moved by mouse and by keyboard, and back', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('demo@tributary.localhost');
  await page.getByLabel('Password', { exact: true }).fill('Demo-1234');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/home');
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') fetched.push(request.url());
  });
  await page.goto('/auto-posting');
  const handles = page.getByRole('list', { name: 'Queue' }).locator('[data-sortable-handle]');
  const names = () =>
    handles.evaluateAll((all) =>
      all
        .filter((one) => !one.closest('[data-dnd-placeholder]'))
        .map((one) => one.getAttribute('aria-label')),
    );
  await expect(handles.nth(1)).toBeVisible();
  await page.waitForLoadState('networkidle');
  const before = await names();
  const [first, second, ...rest] = before;
  const changed = [second, first, ...rest];
  const atFirst = fetched.length;

  // By mouse, from its very first touch, because the code for dragging is loaded only then.
  const [from, to] = [await handles.nth(0).boundingBox(), await handles.nth(1).boundingBox()];
  if (!from || !to) throw new Error('The queue is not visible');
  await page.mouse.move(from.x + 8, from.y + 8);
  await expect.poll(() => fetched.length).toBeGreaterThan(atFirst);
  await page.mouse.down();
  await page.mouse.move(to.x + 8, to.y + to.height / 2, { steps: 12 });
  await page.mouse.up();
  await expect.poll(names).toEqual(changed);
  await expect(page.getByText('Order changed.').first()).toBeVisible();
  await accessible(page);
  await fitsPhone(page);

  // Back by keyboard.
  const handle = page.getByRole('button', { name: `${first}`, exact: true });
  await expect(page.getByRole('button', { name: /^Move .* earlier/ }).nth(1)).toBeEnabled();
  await handle.focus();
  await page.keyboard.press('Space');
  await expect(page.getByText(/picked up\. Position 2 of \d+\.$/)).toBeAttached();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText(/^Position 1 of \d+\.$/)).toBeAttached();
  await page.keyboard.press('Escape');
  await expect.poll(names).toEqual(changed);
  await expect(handle).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByText(/^Position 1 of \d+\.$/)).toBeAttached();
  await page.keyboard.press('Space');
  await expect.poll(names).toEqual(before);
  await expect(handle).toBeFocused();
});
