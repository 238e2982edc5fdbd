import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allocatorEnv, serverArgs } from '../../scripts/lib.mjs';

export interface RunningApp {
  url: string;
  port: number;
  dataDir: string;
  child: ChildProcess;
  /** Milliseconds from the start of the process to the first complete page. */
  startedIn: number;
  /** Resident memory in MiB. */
  residentMiB(): number;
  stop(): Promise<void>;
}

export const scratchFolder = () => mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
export const removeFolder = (folder: string) => rmSync(folder, { recursive: true, force: true });

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Starts the built app on a folder, as `npm start` does, and waits until it serves requests. Needs a build. */
export async function startApp(options: {
  dataDir: string;
  port?: number;
  env?: Record<string, string>;
}): Promise<RunningApp> {
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [...serverArgs, 'node_modules/next/dist/bin/next', 'start', '-p', String(port), '-H', '127.0.0.1'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        ...allocatorEnv,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        NEXT_MANUAL_SIG_HANDLE: 'true',
        TRIBUTARY_SANDBOX: '1',
        TRIBUTARY_DEMO: '1',
        TRIBUTARY_LOG: 'error',
        TRIBUTARY_DATA_DIR: options.dataDir,
        PORT: String(port),
        APP_URL: url,
        ...options.env,
      },
    },
  );
  const until = Date.now() + 120_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The app exited with ${child.exitCode}`);
    if (Date.now() > until) throw new Error('The app did not become ready within two minutes');
    const ready = await fetch(`http://127.0.0.1:${port}/api/health`, {
      signal: AbortSignal.timeout(5000),
    }).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const page = await fetch(`http://127.0.0.1:${port}/sign-in`);
  await page.text();
  if (!page.ok) throw new Error(`The first page responded ${page.status}`);
  return {
    url,
    port,
    dataDir: options.dataDir,
    child,
    startedIn: performance.now() - began,
    residentMiB: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) /
      1024,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
      }),
  };
}
