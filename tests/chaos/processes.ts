import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { HarnessMessage, StartMessage, WorkerMessage } from './messages';

const BANNER = `import { createRequire as chaosRequire } from 'node:module'; const require = chaosRequire(import.meta.url);
import { fileURLToPath as chaosPath } from 'node:url'; const __filename = chaosPath(import.meta.url); const __dirname = __filename.slice(0, __filename.lastIndexOf('/'));`;

/**
 * Bundles the entries once, so that a killed process is back within half a second. Returns the path of each entry and a function that
 * removes the bundle.
 */
export async function bundle(
  entries: readonly string[],
): Promise<{ file(entry: string): string; remove(): void }> {
  // Inside node_modules, so that the packages outside the bundle can be resolved.
  const outdir = path.resolve('node_modules', '.cache', `tributary-chaos-${process.pid}`);
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: entries.map((e) => path.join('tests', 'chaos', `${e}.ts`)),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
    keepNames: true,
    banner: { js: BANNER },
    external: [
      '@electric-sql/pglite',
      '@node-rs/argon2',
      'pg-native',
      'next',
      'next/*',
      'pdfkit',
      'fontkit',
      'subset-font',
      'harfbuzzjs',
      '@neondatabase/serverless',
    ],
  });
  return {
    file: (entry) => path.join(outdir, `${entry}.mjs`),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  };
}

export interface Child {
  process: ChildProcess;
  /** Resolves when the process has loaded its code and stands by, or has ended. */
  ready: Promise<void>;
  /** Resolves when the process reports that it is working (`up` in messages.ts), or has ended. */
  up: Promise<void>;
  tell(told: HarnessMessage): void;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts one process of the run. Its output goes to `log`. On SIGUSR2 it writes a diagnostic report to the same folder. */
export function start(file: string, log: string, env: Record<string, string>, orders: StartMessage): Child {
  const out = openSync(log, 'a');
  const report = ['--report-on-signal', `--report-directory=${path.dirname(log)}`];
  const child = spawn(process.execPath, ['--enable-source-maps', ...report, file], {
    stdio: ['ignore', out, out, 'ipc'],
    env: { ...process.env, ...env, CHAOS_ORDERS: JSON.stringify(orders) },
  });
  closeSync(out);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const says = (what: keyof WorkerMessage) =>
    new Promise<void>((resolve) => {
      child.on('message', (m) => {
        if ((m as WorkerMessage)[what]) resolve();
      });
      void ended.then(() => resolve());
    });
  return {
    process: child,
    ready: says('ready'),
    up: says('up'),
    ended,
    tell: (told) => {
      if (child.connected) child.send(told, () => {});
    },
  };
}
