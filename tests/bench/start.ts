import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { freePort, removeFolder, scratchFolder, startApp } from './app';
import { percentile, report } from './figure';
import { publishFirstPost } from './first-post';

/**
 * Measures `npm start` on a fresh clone of the last commit, up to the ready line and to the first published post. Packages come from npm's
 * cache if it has them.
 */
export async function startCold(): Promise<void> {
  const folder = scratchFolder();
  const clone = path.join(folder, 'clone');
  if (spawnSync('git', ['clone', '--quiet', '.', clone], { stdio: 'inherit' }).status !== 0)
    throw new Error('git clone failed');
  const port = await freePort();
  const began = performance.now();
  const marks: Record<string, number> = {};
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: clone,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
    } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`npm start exited with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) {
        // Matches our own progress lines, such as "12.3 s  Ready", and not the server's output.
        for (const word of ['Installing', 'Building', 'Opening', 'Ready'])
          if (new RegExp(`^\\s*[\\d.]+ s {2}${word}`).test(line)) marks[word] ??= performance.now() - began;
      }
      if (marks.Ready !== undefined) resolve();
    });
  });
  child.removeAllListeners('exit');
  await publishFirstPost(`http://localhost:${port}`);
  const published = performance.now() - began;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
  removeFolder(folder);
  const seconds = (from: string, to: string) =>
    ((marks[to] ?? Number.NaN) - (marks[from] ?? Number.NaN)) / 1000;
  const base = { bench: 'start-cold', unit: 's', n: 1, database: 'pglite' as const };
  report({ ...base, metric: 'install', value: seconds('Installing', 'Building') });
  report({ ...base, metric: 'build', value: seconds('Building', 'Opening') });
  report({ ...base, metric: 'migrate_seed_serve', value: seconds('Opening', 'Ready') });
  report({ ...base, metric: 'clone_to_ready', value: (marks.Ready ?? Number.NaN) / 1000 });
  report({ ...base, metric: 'clone_to_first_post', value: published / 1000 });
  // The limit excludes the download of the packages. This figure excludes the whole install step, which also unpacks them.
  report({
    ...base,
    metric: 'first_post_without_install',
    value: published / 1000 - seconds('Installing', 'Building'),
  });
}

/** Measures the start of the built app on an existing folder, up to the first page served. */
export async function startWarm(): Promise<void> {
  const dataDir = scratchFolder();
  const first = await startApp({ dataDir });
  await first.stop();
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const app = await startApp({ dataDir });
    times.push(app.startedIn / 1000);
    await app.stop();
  }
  removeFolder(dataDir);
  report({
    bench: 'start-warm',
    metric: 'to_first_page_p50',
    value: percentile(times, 0.5),
    unit: 's',
    n: times.length,
    database: 'pglite',
  });
  report({
    bench: 'start-warm',
    metric: 'to_first_page_max',
    value: Math.max(...times),
    unit: 's',
    n: times.length,
    database: 'pglite',
  });
}
