import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';

/** Maximum first-load JavaScript of a page, in kB (1,000 bytes) of gzip. */
export const BUDGET = { public: 150, app: 220 } as const;

/** The scripts of one page: their size in kB (1,000 bytes) of gzip, and their number. */
export interface Weight {
  kB: number;
  scripts: number;
}

/**
 * Measures the scripts that a browser loads for one page until the network is idle, from its cache or not. Prefetches for other pages are
 * blocked; everything that the page's own code loads counts, whether or not the HTML names it.
 */
export class Scale {
  readonly #sizes = new Map<string, Promise<number>>();

  /** Weighs one page in a browser context of its own. */
  async weigh(
    browser: Browser,
    url: string,
    storageState?: BrowserContextOptions['storageState'],
  ): Promise<Weight> {
    const context = await browser.newContext(storageState ? { storageState } : {});
    try {
      const page = await context.newPage();
      const weigh = await this.follow(page);
      const answer = await page.goto(url, { waitUntil: 'load' });
      if (answer?.status() !== 200 || page.url() !== url)
        throw new Error(`${url} responded ${answer?.status()} at ${page.url()}`);
      return await weigh();
    } finally {
      await context.close();
    }
  }

  /** Follows the scripts of a page. The returned function waits until the network is idle and weighs the document shown since the last navigation. */
  async follow(page: Page): Promise<() => Promise<Weight>> {
    await page.route(/[?&]_rsc=/, (route) => {
      const headers = route.request().headers();
      return headers['next-router-prefetch'] || headers['next-router-segment-prefetch']
        ? route.abort()
        : route.fallback();
    });
    const scripts = new Set<string>();
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) scripts.clear();
    });
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return;
      const address = response.url();
      scripts.add(address);
      if (!this.#sizes.has(address))
        this.#sizes.set(
          address,
          response.body().then((body) => gzipSync(body, { level: 6 }).length),
        );
    });
    return async () => {
      await page.waitForLoadState('networkidle');
      const sizes = await Promise.all([...scripts].map((address) => this.#sizes.get(address) ?? 0));
      return { kB: sizes.reduce((sum, size) => sum + size, 0) / 1000, scripts: scripts.size };
    };
  }
}
