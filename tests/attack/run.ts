// `npm run attack`: sends hostile requests of every kind to the built app, started as `npm start` does. Loopback only.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bin, root, runServer, waitForHealth } from '../../scripts/lib.mjs';
import { freePort } from '../../scripts/postgres.mjs';
import { idle, send } from './client';
import { type Attack, quick, slow, toAction, unroutedRequests } from './requests';
import { actions, targets } from './routes';

/** Upper limit of the server's memory, in MiB: its working set plus the request bodies that it buffers at the same time. */
const MAX_RSS_MIB = 900;
const PARALLEL = 8;
/** Idle connections that one sender opens before everything else. */
const HOARDED = 1000;
const TIMEOUT_MS = 20_000;
/** No request is sent after this. Requests still in the queue by then are reported as a failure. */
const DEADLINE_MS = 150_000;

const build = process.env.ATTACK_BUILD ?? root;
if (!existsSync(path.join(build, '.next', 'BUILD_ID'))) {
  console.error('There is no build. Run `npm run build` first.');
  process.exit(1);
}

const problems = new Map<string, string[]>();
const reportProblem = (what: string, where: string): void => {
  problems.set(what, [...(problems.get(what) ?? []), where]);
};
const tested = new Set<string>();
let requests = 0;
let serverErrors = 0;

const port = await freePort();
const host = `localhost:${port}`;
const dataDir = mkdtempSync(path.join(tmpdir(), 'tributary-attack-'));
const start = [bin('next/dist/bin/next'), 'start', build, '-p', String(port), '-H', '127.0.0.1'];
const { child: server } = runServer(start, {
  ...process.env,
  NODE_ENV: 'production',
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_MANUAL_SIG_HANDLE: 'true',
  HOST: '127.0.0.1',
  PORT: String(port),
  APP_URL: `http://${host}`,
  TRIBUTARY_DATA_DIR: dataDir,
  TRIBUTARY_SANDBOX: '1',
  TRIBUTARY_LOG: 'warn',
});
const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
const alive = () => server.exitCode === null && server.signalCode === null;

try {
  if (!(await waitForHealth(`http://127.0.0.1:${port}/api/health`, server, 120)))
    throw new Error('The app did not become ready');
  resetPeak();
  await attack();
} finally {
  const survived = alive();
  const peak = survived ? peakMib() : 0;
  if (!survived) reportProblem('the process exited', String(server.signalCode ?? server.exitCode));
  if (peak > MAX_RSS_MIB) reportProblem(`memory exceeded ${MAX_RSS_MIB} MiB`, `${peak} MiB`);
  if (survived) {
    server.kill('SIGTERM');
    const killTimer = setTimeout(() => server.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(killTimer);
  }
  rmSync(dataDir, { recursive: true, force: true });
  for (const [what, where] of problems)
    console.error(`✗ ${what}: ${where.length}× ${where.slice(0, 6).join(', ')}`);
  console.log(
    JSON.stringify({
      routes: tested.size,
      requests,
      survived,
      max_rss_mib: peak,
      server_errors: serverErrors,
    }),
  );
}
process.exit(problems.size > 0 ? 1 : 0);

async function attack(): Promise<void> {
  const all = targets(build);
  const until = performance.now() + DEADLINE_MS;
  // Far more connections than all senders together may have, all from one sender. Everything else runs alongside them.
  const hoarded = await idle(port, '127.0.2.1', HOARDED);
  const health = watchHealth();
  // The slow requests take their time regardless, so all of them start now.
  const waited = Promise.all(
    all.flatMap((target, i) =>
      target.paths.slice(0, 1).flatMap((at) => slow(at, host, i).map((one) => run(target.name, at, one))),
    ),
  );
  const queue = mixed([
    unroutedRequests(host).map(
      ({ path: at, ...one }) =>
        () =>
          run(null, at, one),
    ),
    ...all.flatMap((target) =>
      target.paths.map((at) => quick(target, at, host).map((one) => () => run(target.name, at, one))),
    ),
    ...actions(build).map(({ id, page }) =>
      toAction(id, page, host).map((one) => () => run(page, page, one)),
    ),
  ]);
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let work = queue.shift(); work && alive() && performance.now() < until; work = queue.shift())
        await work();
    }),
  );
  if (queue.length > 0 && alive()) reportProblem('not sent in time', `${queue.length} requests`);
  await waited;
  health.stop();
  hoarded.close();
  for (const { name } of all) if (!tested.has(name)) reportProblem('not tested', name);
  if (alive() && !(await waitForHealth(`http://127.0.0.1:${port}/api/health`, server, 10)))
    reportProblem('not healthy afterwards', '/api/health');
}

/** Interleaves the lists, so that requests that are expensive for the server are spread over time. */
function mixed<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) =>
    lists.flatMap((list, j) => {
      // Each list starts at a different offset; otherwise every target would get the same request at the same time.
      const one = i < list.length ? list[(i + j) % list.length] : undefined;
      return one === undefined ? [] : [one];
    }),
  ).flat();
}

async function run(name: string | null, at: string, one: Attack): Promise<void> {
  if (!alive()) return;
  const answer = await send(port, one.pieces, {
    timeoutMs: one.timeoutMs ?? TIMEOUT_MS,
    ...(one.everyMs ? { everyMs: one.everyMs } : {}),
    ...(one.from ? { from: one.from } : {}),
  });
  requests++;
  if (name) tested.add(name);
  if (answer.status >= 500) {
    serverErrors++;
    reportProblem(`${answer.status} for ${one.name}`, at);
  } else if (answer.status === 0 && !one.mayClose) reportProblem(`no response to ${one.name}`, at);
  else if (answer.status !== 0 || answer.closed === false) {
    const wrong = one.judge?.(answer);
    if (wrong) reportProblem(`${one.name}: ${wrong}`, at);
  }
}

/** Polls the health endpoint until stopped; each request must succeed within `TIMEOUT_MS`. */
function watchHealth(): { stop: () => void } {
  let stopped = false;
  void (async () => {
    while (!stopped && alive()) {
      const answer = await send(
        port,
        [`GET /api/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`],
        {
          timeoutMs: TIMEOUT_MS,
        },
      );
      if (!stopped && alive() && answer.status !== 200)
        reportProblem(`health returned ${answer.status}`, `after ${requests} requests`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    stop: () => {
      stopped = true;
    },
  };
}

/**
 * Resets the peak memory, because creating the embedded database takes more than anything after it.
 * https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html
 */
function resetPeak(): void {
  writeFileSync(`/proc/${server.pid}/clear_refs`, '5');
}

/** Peak memory of the server since then, in MiB. */
function peakMib(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
