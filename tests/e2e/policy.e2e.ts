import { expect } from '@playwright/test';
import { test } from './signed-in';

test.describe('signed out', () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test('the pricing page names the prices', async ({ page }) => {
    await page.goto('/pricing');
    for (const text of ['$29', '$99'])
      await expect(page.getByText(text).filter({ visible: true }).first()).toBeVisible();
  });
});

test('a script injected into a page does not run', async ({ page, complaints }) => {
  // The browser reports what it blocked, and React may notice the injected markup.
  complaints.except(/Content Security Policy|hydrat|#418/i);
  await page.route('**/home', async (route) => {
    const response = await route.fetch();
    const slipped =
      '<img src="data:," onerror="window.slipped = 1"><script>window.slipped = 2</script></body>';
    await route.fulfill({ response, body: (await response.text()).replace('</body>', slipped) });
  });
  const blocked = page.waitForEvent('console', (message) => /Content Security Policy/.test(message.text()));
  await page.goto('/home');
  await blocked;
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await page.evaluate(() => Reflect.get(window, 'slipped'))).toBeUndefined();
});
