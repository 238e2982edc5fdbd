import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';
import { removeFolder, scratchFolder, startApp } from './app';
import { signIn } from './browser';
import { report } from './figure';

const PAGES = [...APP_PAGES, ...PUBLIC_PAGES];
const ROUNDS = 42;

/** Measures the resident memory of the single process after the start and after a thousand page views. */
export async function memory(): Promise<void> {
  const dataDir = scratchFolder();
  const app = await startApp({ dataDir });
  const base = { bench: 'memory', unit: 'MiB', database: 'pglite' as const };
  report({ ...base, metric: 'resident_after_start', value: app.residentMiB(), n: 1 });
  const cookie = await signIn(app.url);
  let views = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const page of PAGES) {
      const answer = await fetch(app.url + page, { headers: { cookie } });
      await answer.text();
      if (!answer.ok) throw new Error(`${page} responded ${answer.status}`);
      views++;
    }
  }
  report({ ...base, metric: 'resident_after_views', value: app.residentMiB(), n: views });
  await app.stop();
  removeFolder(dataDir);
}
