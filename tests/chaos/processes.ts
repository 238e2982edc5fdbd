import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Orders, Told } from './messages';

const BANNER = `import { createRequire as chaosRequire } from 'node:module'; const require = chaosRequire(import.meta.url);
import { fileURLToPath as chaosPath } from 'node:url'; const __filename = chaosPath(import.meta.url); const __dirname = __filename.slice(0, __filename.lastIndexOf('/'));`;

/** Bundles the entries once, so that a killed process is back in half a second. Answers where they are and how to remove them. */
export async function bundle(
  entries: readonly string[],
): Promise<{ file(entry: string): string; remove(): void }> {
  // Below node_modules, so that what stays outside of the bundle is found.
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
      '@react-pdf/renderer',
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
  ready: Promise<void>;
  tell(told: Told): void;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts one process of the run. Its output goes to a file. */
export function start(file: string, log: string, env: Record<string, string>, orders: Orders): Child {
  const out = openSync(log, 'a');
  const child = spawn(process.execPath, ['--enable-source-maps', file], {
    stdio: ['ignore', out, out, 'ipc'],
    env: { ...process.env, ...env, CHAOS_ORDERS: JSON.stringify(orders) },
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const ready = new Promise<void>((resolve) => {
    child.on('message', (m) => {
      if ((m as { ready?: boolean }).ready) resolve();
    });
    void ended.then(() => resolve());
  });
  return {
    process: child,
    ready,
    ended,
    tell: (told) => {
      if (child.connected) child.send(told, () => {});
    },
  };
}
