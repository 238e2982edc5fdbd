import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Locator, type Page, type Response } from '@playwright/test';
import { twMerge } from 'tailwind-merge';

/** The user who registers first and does everything after that. `signedIn` is the file with the session. */
export const USER = {
  email: 'ada@example.com',
  password: 'Kettle-boat-1843',
  signedIn: `test-results/${process.env.E2E_PORT ?? 3391}/signed-in.json`,
} as const;

/** Collects complaints of the browser, including violations of a page's content security policy. A test ends with `none()`. */
export class BrowserErrors {
  readonly #found: string[] = [];
  #expected: RegExp | null = null;
  constructor(page: Page) {
    page.on('pageerror', (error) => this.#found.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      // The script of Playwright's recorder, which the sandboxed frame of an e-mail rightly blocks.
      if (message.text().startsWith("Blocked script execution in 'about:srcdoc'")) return;
      // A refusal by the API is a valid response, but the browser reports its status anyway.
      if (
        /\/api\/(trpc|files|media|generate|approvals|live)|\/sandbox\/stripe\/checkout/.test(
          message.location().url,
        ) &&
        /status of 4\d\d/.test(message.text())
      )
        return;
      if (this.#expected?.test(`${message.text()} ${message.location().url}`)) return;
      if (message.type() === 'error')
        this.#found.push(`${page.url()}: ${message.text()} ${message.location().url}`);
    });
    page.on('response', (response) => {
      const summary = `${response.status()} ${response.url()}`;
      if (response.status() >= 500 && !this.#expected?.test(summary)) this.#found.push(summary);
    });
  }
  /** Allows the one complaint that a test causes on purpose. */
  except(expected: RegExp): void {
    this.#expected = expected;
  }
  none(): void {
    expect(this.#found).toEqual([]);
  }
}

/** Checks the content security policy of a page, and returns its nonce. */
export function policyNonce(answer: Response | null): string {
  const policy = answer?.headers()['content-security-policy'] ?? '';
  for (const directive of [
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ])
    expect(policy, answer?.url()).toContain(directive);
  const nonce = /script-src 'self' 'nonce-([^']{20,})' 'strict-dynamic';/.exec(policy)?.[1];
  expect(nonce, answer?.url()).toBeDefined();
  return nonce ?? '';
}

/** The axe rules about colours. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block'] as const;

/**
 * Checks that the page has no serious or critical accessibility problem, in light and dark mode. Frames are excluded: the only one shows an
 * e-mail, and its sandbox forbids all scripts, including axe's.
 */
export async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // Only the colours differ in dark mode.
    const runOnly = colorScheme === 'dark' ? { runOnly: [...OF_COLOUR] } : {};
    const { violations } = await axe
      .options({ iframes: false, resultTypes: ['violations'], ...runOnly })
      .analyze();
    const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    expect(
      serious.map(
        (v) =>
          `${page.url()} (${colorScheme}) ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`,
      ),
    ).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await classesAgree(page);
}

/**
 * Checks that no element has conflicting classes, because which one wins would depend on Tailwind's order
 * (docs/decisions/0020-class-names.md).
 */
async function classesAgree(page: Page): Promise<void> {
  const lists = await page
    .locator('[class]')
    .evaluateAll((elements) => [...new Set(elements.map((element) => [...element.classList].join(' ')))]);
  expect(lists).not.toEqual([]);
  expect(
    lists.filter((list) => twMerge(list) !== list),
    `${page.url()}: conflicting classes`,
  ).toEqual([]);
}

/** Checks that every disabled primary button has visible text next to it that explains why. Busy buttons are excluded. */
export async function explainsDisabledButtons(page: Page): Promise<void> {
  const silent = await page
    .locator('button[data-slot="button"].bg-accent:disabled:not([aria-busy])')
    .evaluateAll((buttons) =>
      buttons
        .filter((button) => button.checkVisibility())
        .filter((button) => {
          const named = (button.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean);
          const beside = [...(button.parentElement?.children ?? [])].filter((e) => !e.matches('button'));
          return ![...named.map((id) => document.getElementById(id)), ...beside].some(
            (e) => e?.checkVisibility() && e.textContent?.trim(),
          );
        })
        .map((button) => button.textContent),
    );
  expect(silent, `${page.url()}: disabled buttons without an explanation`).toEqual([]);
}

/** Checks that nothing overflows horizontally on a phone. */
export async function fitsPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${page.url()} is ${overflow} px too wide on a phone`).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
}

export async function newPage(context: BrowserContext): Promise<{ page: Page; complaints: BrowserErrors }> {
  const page = await context.newPage();
  return { page, complaints: new BrowserErrors(page) };
}

/** Navigates to another page of the app by its link in the rail. */
export const open = (page: Page, name: string): Promise<void> =>
  page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name })
    .filter({ visible: true })
    .click();

/** Approves on the sandbox's consent page, as the given account. */
export async function approveConsent(page: Page, account: RegExp): Promise<void> {
  await page.waitForURL(/\/sandbox\//);
  await page.getByRole('radio', { name: account }).check();
  await page.getByRole('button', { name: /allow|approve|authori/i }).click();
}

/** Returns the HTML of the newest e-mail in the outbox with a matching subject. */
export async function newestMail(page: Page, subject: RegExp): Promise<string> {
  await page.goto('/outbox');
  await page.getByRole('link', { name: subject }).first().click();
  const frame = page.locator('iframe').first();
  await expect(frame).toBeVisible();
  return (await frame.getAttribute('srcdoc')) ?? '';
}

/** Returns the first link of an e-mail with a matching address. */
export function linkIn(html: string, address: RegExp): string {
  for (const [, href] of html.matchAll(/href="([^"]+)"/g)) {
    const link = (href ?? '').replaceAll('&amp;', '&');
    if (address.test(link)) return link;
  }
  throw new Error(`The e-mail has no link that matches ${address}`);
}

/** Signs in on a page that has its own context. The demo workspace has an owner and an operator. */
export async function signIn(page: Page, email: string, password = 'Demo-1234'): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/home');
}

/** Chooses on the workspace's settings whether posts are published immediately or reviewed first, and saves the form. */
export async function chooseReview(page: Page, choice: RegExp): Promise<void> {
  const radio = page.getByRole('radio', { name: choice });
  await radio.check();
  await page.locator('form').filter({ has: radio }).getByRole('button', { name: /^save/i }).click();
  await expect(page.getByText('Saved').filter({ visible: true }).first()).toBeVisible();
}

/** Selects only the given account on Compose, and returns the text field of its platform. */
export async function writeFor(page: Page, account: string, platform: string): Promise<Locator> {
  const accounts = page.getByRole('group', { name: 'Write for' }).getByRole('checkbox');
  await expect(accounts.first()).toBeVisible();
  for (const box of await accounts.all()) await box.setChecked(false);
  await accounts.and(page.getByRole('checkbox', { name: account })).check();
  return page.getByRole('group', { name: platform, exact: true }).getByRole('textbox', { name: 'Text' });
}
