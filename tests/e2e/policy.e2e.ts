import { expect } from '@playwright/test';
import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';
import { test } from './signed-in';

test('every page has a policy with its own nonce, and complies with it', async ({ page, complaints }) => {
  complaints.except(/nothing-here/);
  const nonces = new Set<string>();
  for (const path of [...PUBLIC_PAGES, ...APP_PAGES, '/outbox', '/nothing-here']) {
    const answer = await page.goto(path);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    const nonce = /script-src 'self' 'nonce-([^']{20,})' 'strict-dynamic';/.exec(policy)?.[1];
    expect(nonce, path).toBeDefined();
    nonces.add(nonce ?? '');
    for (const directive of [
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
    ])
      expect(policy, path).toContain(directive);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
  expect(nonces.size).toBe(PUBLIC_PAGES.length + APP_PAGES.length + 2);
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
