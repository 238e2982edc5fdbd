import { gzipSync } from 'node:zlib';
import { type RunningApp, removeFolder, scratchFolder, startApp } from './app';
import { signIn } from './browser';
import { percentile, report } from './figure';

const PUBLIC = ['/', '/pricing', '/register', '/sign-in', '/forgot', '/terms', '/privacy'];
const APP = [
  '/home',
  '/todo',
  '/compose',
  '/calendar',
  '/library',
  '/products',
  '/listings',
  '/orders',
  '/pricing-rules',
  '/ledger',
  '/reports',
  '/runs',
  '/connections',
  '/settings/workspace',
  '/settings/billing',
  '/settings/security',
];

/** First-load JavaScript (gzip, of every script that the page's HTML names) and the server's time, for each page. */
export async function pages(): Promise<void> {
  const dataDir = scratchFolder();
  const app = await startApp({ dataDir });
  const cookie = await signIn(app.url);
  for (const path of PUBLIC) await measure(app, path, '', 'public');
  for (const path of APP) await measure(app, path, cookie, 'app');
  await app.stop();
  removeFolder(dataDir);
}

const sizes = new Map<string, number>();
async function scriptSize(url: string): Promise<number> {
  let size = sizes.get(url);
  if (size === undefined) {
    size = gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()), { level: 6 }).length;
    sizes.set(url, size);
  }
  return size;
}

async function measure(app: RunningApp, path: string, cookie: string, kind: string): Promise<void> {
  const get = () => fetch(app.url + path, { headers: { cookie }, redirect: 'manual' });
  const first = await get();
  if (first.status !== 200) throw new Error(`${path} answered ${first.status}`);
  const html = await first.text();
  const scripts = new Set<string>();
  for (const [tag, src] of html.matchAll(/<script[^>]*\ssrc="([^"]+)"[^>]*>/g))
    if (src && !tag.includes('noModule')) scripts.add(new URL(src, app.url).toString());
  let bytes = 0;
  for (const script of scripts) bytes += await scriptSize(script);
  report({
    bench: 'pages',
    metric: 'first_load_js',
    value: bytes / 1000,
    unit: 'kB gzip',
    n: scripts.size,
    database: 'pglite',
    page: path,
    kind,
  });

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
