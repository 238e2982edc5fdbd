import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import { BrowserErrors } from './support';

const BY_HAND = ['goto', 'reload', 'setContent'] as const;

/**
 * A user who never types addresses: opens the first page, and from there on only clicks what is visible. Navigating the page by code
 * throws. Clicks wait until the browser has finished prefetching, because real users get prefetched pages, too.
 */
export class ClickOnlyUser {
  readonly page: Page;
  readonly complaints: BrowserErrors;
  /** Router requests that are still in progress. */
  readonly #ahead = new Set<unknown>();

  private constructor(page: Page) {
    this.page = page;
    this.complaints = new BrowserErrors(page);
    page.on('request', (request) => {
      if (request.headers().rsc) this.#ahead.add(request);
    });
    for (const end of ['requestfinished', 'requestfailed'] as const)
      page.on(end as 'requestfinished', (request) => this.#ahead.delete(request));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.#ahead.clear();
    });
  }

  static async at(context: BrowserContext, first: string): Promise<ClickOnlyUser> {
    const page = await context.newPage();
    const walker = new ClickOnlyUser(page);
    await page.goto(first);
    for (const name of BY_HAND)
      Object.defineProperty(page, name, {
        value: () =>
          Promise.reject(
            new Error(`page.${name}: users do not type URLs in this test. Click a visible element instead.`),
          ),
      });
    return walker;
  }

  /** Waits until everything that the page links to has been prefetched. */
  async waitForPrefetch(): Promise<void> {
    await this.page.waitForLoadState('load');
    const idle = () =>
      this.page.evaluate(
        () =>
          new Promise<void>((done) =>
            requestAnimationFrame(() => requestIdleCallback(() => done(), { timeout: 500 })),
          ),
      );
    await expect(async () => {
      await idle();
      await idle();
      expect(this.#ahead.size).toBe(0);
    }).toPass({ intervals: [50] });
  }

  /** Clicks the first visible match once prefetching has finished. */
  async click(what: Locator, how: { twice?: boolean } = {}): Promise<void> {
    await this.waitForPrefetch();
    const seen = what.filter({ visible: true }).first();
    await (how.twice ? seen.dblclick() : seen.click());
  }
  button(name: string | RegExp): Promise<void> {
    return this.click(this.page.getByRole('button', { name }));
  }
  link(name: string | RegExp): Promise<void> {
    return this.click(this.page.getByRole('link', { name }));
  }
  /** Expects the address and heading, and that both are still the same after prefetching. */
  async expectAt(path: string | RegExp, heading: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: heading })).toBeVisible({
      timeout: 30_000,
    });
    await this.waitForPrefetch();
    await expect(this.page).toHaveURL(path);
    await expect(this.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  }
}
