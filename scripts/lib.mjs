// Shared by start and test. Uses only Node's own modules, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const hash = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest('hex');

/** Exits with a clear message if Node is too old. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 9)) {
    console.error(`Tributary needs Node 20.9 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
}

/** Reads `.env` and `.env.local` as Next does, so that their settings take effect here, too. Existing variables take precedence. */
export function loadEnvFile() {
  for (const name of ['.env.local', '.env']) {
    const file = path.join(root, name);
    if (!existsSync(file)) continue;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const match = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
      if (match?.[1] && process.env[match[1]] === undefined)
        process.env[match[1]] = (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
    }
  }
}

/** Installs the dependencies if they are missing or the lock file has changed. */
export function ensureDependencies(say) {
  const stamp = path.join(root, 'node_modules', '.tributary-lock');
  const wanted = hash(readFileSync(path.join(root, 'package-lock.json')), process.versions.modules);
  if (existsSync(stamp)) {
    if (readFileSync(stamp, 'utf8') === wanted) return;
  } else if (installedByHand()) {
    writeFileSync(stamp, wanted);
    return;
  }
  say('Installing the dependencies (the first time takes a minute or two)');
  const done = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    console.error('The dependencies could not be installed. See the output of npm above.');
    process.exit(done.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

/**
 * Whether the dependencies were installed by hand. npm writes its own lock file into node_modules at the end of an install, so one at least
 * as new as ours indicates a recent install.
 */
function installedByHand() {
  const inside = path.join(root, 'node_modules', '.package-lock.json');
  return (
    existsSync(inside) && statSync(inside).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs
  );
}

const SOURCE = [
  'app',
  'backup',
  'components',
  'db',
  'emails',
  'i18n',
  'inngest',
  'public',
  'server',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'package-lock.json',
  'tsconfig.json',
];

/** Returns a hash of the names and contents of everything that goes into the build. */
export function sourceFingerprint() {
  const parts = [];
  const walk = (relative) => {
    const full = path.join(root, relative);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory())
      for (const name of readdirSync(full).sort()) walk(path.join(relative, name));
    else if (!relative.includes('.test.')) parts.push(relative, readFileSync(full));
  };
  for (const entry of SOURCE) walk(entry);
  return hash(...parts);
}

/** Builds the app if its sources differ from those of the last build. */
export function ensureBuild(say) {
  const stamp = path.join(root, '.next', 'tributary-build');
  const wanted = sourceFingerprint();
  if (
    existsSync(stamp) &&
    existsSync(path.join(root, '.next', 'BUILD_ID')) &&
    readFileSync(stamp, 'utf8') === wanted
  )
    return;
  say('Building the app (about a minute, only after a change)');
  const done = spawnSync(process.execPath, [bin('next/dist/bin/next'), 'build'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status !== 0) {
    console.error(`${done.stdout}\n${done.stderr}\nThe build failed.`);
    process.exit(done.status ?? 1);
  }
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

export const bin = (relative) => path.join(root, 'node_modules', relative);

/**
 * Node options for the server. On a machine with much memory V8 lets its heap grow to several times the size in use; this makes it collect
 * earlier. NODE_OPTIONS takes precedence, for an installation that has outgrown the limit.
 */
export const serverArgs = /max-old-space-size/.test(process.env.NODE_OPTIONS ?? '')
  ? []
  : ['--max-old-space-size=320'];

/**
 * Settings of the C library's allocator (mallopt(3)) for the server. By default it raises its thresholds whenever a large block is freed and
 * keeps such memory from then on: creating a database leaves 100 MB unused. A fixed threshold returns it to the system.
 */
export const allocatorEnv = { MALLOC_TRIM_THRESHOLD_: process.env.MALLOC_TRIM_THRESHOLD_ ?? '131072' };

/**
 * Starts a server with these arguments and passes our signals on to it. The files that it writes, including logs and caches, are readable
 * only by its user. `ended` resolves to its exit code in shell notation: 128 plus the signal's number if a signal ended it, 1 if it could
 * not be started. `asked` is whether a signal was passed on.
 */
export function runServer(args, env) {
  process.umask(0o077);
  const child = spawn(process.execPath, [...serverArgs, ...args], {
    cwd: root,
    env: { ...allocatorEnv, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const server = { child, asked: false, ended: ending(child) };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      server.asked = true;
      child.kill(signal);
    });
  return server;
}

/** Resolves to the exit code of a child process; a signal counts as a failure. */
function ending(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** Polls until the URL returns 200, the child exits or the time is up. Returns whether it became ready. */
export async function waitForHealth(url, child, seconds) {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
      if (answer.ok) return true;
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return false;
}
