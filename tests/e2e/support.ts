import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import { twMerge } from 'tailwind-merge';

/** Who joins first and does everything that comes after. `signedIn` is the file with the session. */
export const PERSON = {
  email: 'ada@example.com',
  password: 'Kettle-boat-1843',
  signedIn: 'test-results/signed-in.json',
} as const;

/** What the browser complained about, a breach of a page's content security policy too. A test ends with `none()`. */
export class Complaints {
  readonly #found: string[] = [];
  #expected: RegExp | null = null;
  constructor(page: Page) {
    page.on('pageerror', (error) => this.#found.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      // The recorder's own script, which the sandboxed frame of an e-mail rightly refuses.
      if (message.text().startsWith("Blocked script execution in 'about:srcdoc'")) return;
      // A refusal of the API is an answer; the browser reports its status all the same.
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
      const said = `${response.status()} ${response.url()}`;
      if (response.status() >= 500 && !this.#expected?.test(said)) this.#found.push(said);
    });
  }
  /** A test that breaks something on purpose names the one complaint that it brings about. */
  except(expected: RegExp): void {
    this.#expected = expected;
  }
  none(): void {
    expect(this.#found).toEqual([]);
  }
}

/** The rules of axe that look at colours. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block'] as const;

/**
 * The page has no serious or critical accessibility problem, in light and in dark. Frames are left out: the only one shows
 * an e-mail, whose sandbox forbids every script, axe's too.
 */
export async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // The page is the same in the dark but for its colours.
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
 * No element has two classes that contradict each other: which one wins would depend on Tailwind's order (docs/decisions/0020-class-names.md).
 */
async function classesAgree(page: Page): Promise<void> {
  const lists = await page
    .locator('[class]')
    .evaluateAll((elements) => [...new Set(elements.map((element) => [...element.classList].join(' ')))]);
  expect(lists).not.toEqual([]);
  expect(
    lists.filter((list) => twMerge(list) !== list),
    `${page.url()}: classes that contradict each other`,
  ).toEqual([]);
}

/** A primary button that cannot be used has visible words beside it that say why. Those that are at work are left out. */
export async function saysWhy(page: Page): Promise<void> {
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
  expect(silent, `${page.url()}: buttons that cannot be used and do not say why`).toEqual([]);
}

/** Nothing sticks out sideways on a phone. */
export async function fitsPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${page.url()} is ${overflow} px too wide on a phone`).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
}

export async function newPerson(context: BrowserContext): Promise<{ page: Page; complaints: Complaints }> {
  const page = await context.newPage();
  return { page, complaints: new Complaints(page) };
}

/** Changes to another page of the app by its link in the rail. */
export const open = (page: Page, name: string): Promise<void> =>
  page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name })
    .filter({ visible: true })
    .click();

/** Approves at the sandbox's consent page, as the account that is named. */
export async function approveConsent(page: Page, account: RegExp): Promise<void> {
  await page.waitForURL(/\/sandbox\//);
  await page.getByRole('radio', { name: account }).check();
  await page.getByRole('button', { name: /allow|approve|authori/i }).click();
}

/** The newest e-mail in the outbox whose subject fits: its HTML. */
export async function newestMail(page: Page, subject: RegExp): Promise<string> {
  await page.goto('/outbox');
  await page.getByRole('link', { name: subject }).first().click();
  const frame = page.locator('iframe').first();
  await expect(frame).toBeVisible();
  return (await frame.getAttribute('srcdoc')) ?? '';
}

/** The first link of an e-mail whose address fits. */
export function linkIn(html: string, address: RegExp): string {
  for (const [, href] of html.matchAll(/href="([^"]+)"/g)) {
    const link = (href ?? '').replaceAll('&amp;', '&');
    if (address.test(link)) return link;
  }
  throw new Error(`The e-mail has no link like ${address}`);
}

/** Signs in on a page of its own context. The demo workspace has an owner and an operator. */
export async function signIn(page: Page, email: string, password = 'Demo-1234'): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/home');
}

/** On the workspace's settings: chooses whether posts go out at once or are looked at first, and saves that form. */
export async function chooseReview(page: Page, choice: RegExp): Promise<void> {
  const radio = page.getByRole('radio', { name: choice });
  await radio.check();
  await page.locator('form').filter({ has: radio }).getByRole('button', { name: /^save/i }).click();
  await expect(page.getByText('Saved').filter({ visible: true }).first()).toBeVisible();
}

/** On Compose: chooses one account by its name and no other, and answers the field for its platform's text. */
export async function writeFor(page: Page, account: string, platform: string): Promise<Locator> {
  const accounts = page.getByRole('group', { name: 'Write for' }).getByRole('checkbox');
  await expect(accounts.first()).toBeVisible();
  for (const box of await accounts.all()) await box.setChecked(false);
  await accounts.and(page.getByRole('checkbox', { name: account })).check();
  return page.getByRole('group', { name: platform, exact: true }).getByRole('textbox', { name: 'Text' });
}
