import { expect } from '@playwright/test';
import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';
import { test } from './signed-in';

test('every page has a policy with a nonce of its own, and keeps to it', async ({ page }) => {
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

test('a script that somebody slips into a page does not run', async ({ page, complaints }) => {
  complaints.except(/Content Security Policy/);
  await page.goto('/home');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const ran = await page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.slipped = 1">');
    const script = document.createElement('script');
    script.textContent = 'window.slipped = 2';
    document.body.append(script);
    return new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(() => resolve(Reflect.get(window, 'slipped')), 0));
    });
  });
  expect(ran).toBeUndefined();
});
