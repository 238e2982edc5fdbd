import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import { Complaints } from './support';

const BY_HAND = ['goto', 'reload', 'setContent'] as const;

/**
 * A person who does not type addresses: opens the first one, and from there on uses what is seen. The page refuses to be sent
 * anywhere. Clicks wait until the browser has fetched ahead what it fetches while people read, since what was fetched ahead is what
 * a person gets.
 */
export class Walker {
  readonly page: Page;
  readonly complaints: Complaints;
  /** Requests of the router that are not answered yet. */
  readonly #ahead = new Set<unknown>();

  private constructor(page: Page) {
    this.page = page;
    this.complaints = new Complaints(page);
    page.on('request', (request) => {
      if (request.headers().rsc) this.#ahead.add(request);
    });
    for (const end of ['requestfinished', 'requestfailed'] as const)
      page.on(end as 'requestfinished', (request) => this.#ahead.delete(request));
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.#ahead.clear();
    });
  }

  static async at(context: BrowserContext, first: string): Promise<Walker> {
    const page = await context.newPage();
    const walker = new Walker(page);
    await page.goto(first);
    for (const name of BY_HAND)
      Object.defineProperty(page, name, {
        value: () =>
          Promise.reject(new Error(`page.${name}: nobody types addresses here. Click what is seen.`)),
      });
    return walker;
  }

  /** Until what the page shows has been fetched ahead. */
  async settled(): Promise<void> {
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

  /** Clicks what is seen, once the page is quiet. */
  async click(what: Locator, how: { twice?: boolean } = {}): Promise<void> {
    await this.settled();
    const seen = what.filter({ visible: true }).first();
    await (how.twice ? seen.dblclick() : seen.click());
  }
  button(name: string | RegExp): Promise<void> {
    return this.click(this.page.getByRole('button', { name }));
  }
  link(name: string | RegExp): Promise<void> {
    return this.click(this.page.getByRole('link', { name }));
  }
  /** The address shows `path`, and stays there. */
  async stands(path: string | RegExp, heading: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: heading })).toBeVisible({
      timeout: 30_000,
    });
    await this.settled();
    await expect(this.page).toHaveURL(path);
    await expect(this.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  }
}
