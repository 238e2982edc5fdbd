import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions } from '@playwright/test';

/** Maximum first-load JavaScript of a page, in kB (1,000 bytes) of gzip. */
export const BUDGET = { public: 150, app: 220 } as const;

/**
 * Measures the scripts that a browser loads for one page until the network is idle, in kB (1,000 bytes) of gzip. Prefetches for other pages
 * are blocked; everything that the page's own code loads counts, whether or not the HTML names it.
 */
export class Scale {
  readonly #sizes = new Map<string, number>();

  async weigh(
    browser: Browser,
    url: string,
    storageState?: BrowserContextOptions['storageState'],
  ): Promise<{ kB: number; scripts: number }> {
    const context = await browser.newContext(storageState ? { storageState } : {});
    try {
      const page = await context.newPage();
      await page.route('**/*', (route) => {
        const headers = route.request().headers();
        return headers['next-router-prefetch'] || headers['next-router-segment-prefetch']
          ? route.abort()
          : route.fallback();
      });
      const scripts = new Map<string, Promise<void>>();
      page.on('response', (response) => {
        const address = response.url();
        if (response.request().resourceType() !== 'script' || scripts.has(address)) return;
        scripts.set(
          address,
          this.#know(address, () => response.body()),
        );
      });
      const answer = await page.goto(url, { waitUntil: 'load' });
      if (answer?.status() !== 200 || page.url() !== url)
        throw new Error(`${url} responded ${answer?.status()} at ${page.url()}`);
      await page.waitForLoadState('networkidle');
      await Promise.all(scripts.values());
      let bytes = 0;
      for (const address of scripts.keys()) bytes += this.#sizes.get(address) ?? 0;
      return { kB: bytes / 1000, scripts: scripts.size };
    } finally {
      await context.close();
    }
  }

  async #know(address: string, body: () => Promise<Buffer>): Promise<void> {
    if (!this.#sizes.has(address)) this.#sizes.set(address, gzipSync(await body(), { level: 6 }).length);
  }
}
