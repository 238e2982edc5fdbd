import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

export const CHROMIUM =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => existsSync(file));
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Signs the demo user in with a real browser and returns the cookies as a header. */
export async function signIn(url: string): Promise<string> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${url}/sign-in`);
    await page.getByLabel('E-mail').fill('demo@tributary.localhost');
    await page.getByLabel('Password', { exact: true }).fill('Demo-1234');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/home');
    return (await context.cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
  } finally {
    await browser.close();
  }
}
