import { openDb } from '@/db/client';
import { removeFolder, startApp } from './app';
import { type Figure, percentile, report } from './figure';
import { filledFolder, NO_LIMITS } from './filled-app';
import { type Measured, overtakings, readAll } from './publish-rows';

const N = 1_000;
const CONNECTIONS = 50;

/**
 * Measures publishing through the whole app (embedded database, embedded runner, the sandbox's X) on fifty accounts, with posts spread over
 * a minute and with all posts due in the same second.
 */
export async function publish(): Promise<void> {
  await scenario('spread_60s', (i) => Math.floor((i * 60_000) / N), 60_000);
  await scenario('same_second', () => 0, 0);
}

async function scenario(name: string, offset: (i: number) => number, span: number): Promise<void> {
  const { dataDir, folder, dueFrom } = await filledFolder({
    posts: N,
    connections: CONNECTIONS,
    leadMs: 30_000,
    offset,
  });

  const app = await startApp({ dataDir, env: NO_LIMITS });
  let resident = app.residentMiB();
  const until = dueFrom + span + 90_000;
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    resident = Math.max(resident, app.residentMiB());
    if (Date.now() > dueFrom + span && (await countEffects(app.url)) >= N) break;
  }
  // The last rows are written right after the last effect.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await app.stop();

  const after = await openDb({ dataDir: folder });
  const rows = await readAll(after);
  await after.close();
  removeFolder(dataDir);
  const base = { bench: 'publish', n: N, database: 'pglite' as const, scenario: name };
  reportRows(base, rows, dueFrom);
  report({ ...base, metric: 'resident_max', value: resident, unit: 'MiB' });
}

type Base = Pick<Figure, 'bench' | 'n' | 'database'> & { scenario: string };

/** Reports the figures of a run: number published, delay, order and rate. `dueFrom` is when the first was due. */
export function reportRows(base: Base, rows: readonly Measured[], dueFrom: number): void {
  const lateness = rows.flatMap((r) => (r.published === null ? [] : [(r.published - r.due) / 1000]));
  const last = rows.reduce((latest, r) => Math.max(latest, r.published ?? 0), 0);
  const say = (metric: string, value: number, unit: string) => report({ ...base, metric, value, unit });
  say('published', lateness.length, 'posts');
  say('out_of_order', overtakings(rows), 'posts');
  say('lateness_p50', percentile(lateness, 0.5), 's');
  say('lateness_p99', percentile(lateness, 0.99), 's');
  say('all_out_after', (last - dueFrom) / 1000, 's');
  say('rate', lateness.length / Math.max(1 / 60, (last - dueFrom) / 60_000), 'posts/min');
}

/** Number of posts on the sandbox’s X. */
export async function countEffects(url: string): Promise<number> {
  const answer = await fetch(`${url}/sandbox/control/effects/count?platform=x`)
    .then((r) => r.json())
    .catch(() => ({}));
  return Number((answer as { count?: number }).count ?? 0);
}
