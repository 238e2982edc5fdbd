import { chromium } from '@playwright/test';
import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';
import { type RunningApp, removeFolder, scratchFolder, startApp } from './app';
import { CHROMIUM, FLAGS, signIn } from './browser';
import { percentile, report } from './figure';
import { Scale } from './weight';

/**
 * Measures, for each page, its first-load JavaScript (gzip, all scripts that a real browser loads for it) and the server's response time.
 */
export async function pages(): Promise<void> {
  const dataDir = scratchFolder();
  const app = await startApp({ dataDir });
  const cookie = await signIn(app.url);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const scale = new Scale();
  for (const [paths, kind, cookies] of [
    [PUBLIC_PAGES, 'public', ''],
    [APP_PAGES, 'app', cookie],
  ] as const)
    for (const path of paths) {
      const { kB, scripts } = await scale.weigh(browser, app.url + path, asState(cookies));
      report({
        bench: 'pages',
        metric: 'first_load_js',
        value: kB,
        unit: 'kB gzip',
        n: scripts,
        database: 'pglite',
        page: path,
        kind,
      });
      await serverTime(app, path, cookies, kind);
    }
  await browser.close();
  await app.stop();
  removeFolder(dataDir);
}

const asState = (header: string) => ({
  cookies: header
    .split('; ')
    .filter(Boolean)
    .map((pair) => ({
      name: pair.slice(0, pair.indexOf('=')),
      value: pair.slice(pair.indexOf('=') + 1),
      domain: 'localhost',
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: 'Lax' as const,
    })),
  origins: [],
});

async function serverTime(app: RunningApp, path: string, cookie: string, kind: string): Promise<void> {
  const get = () => fetch(app.url + path, { headers: { cookie }, redirect: 'manual' });
  const first = await get();
  if (first.status !== 200) throw new Error(`${path} responded ${first.status}`);
  await first.text();
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    await (await get()).text();
    times.push(performance.now() - began);
  }
  report({
    bench: 'pages',
    metric: 'server_time_p50',
    value: percentile(times, 0.5),
    unit: 'ms',
    n: times.length,
    database: 'pglite',
    page: path,
    kind,
  });
}
