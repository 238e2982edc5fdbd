// `npm test`: installs what it needs and runs every check. `--quick` is `npm run verify`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bin, checkNode, ensureBuild, ensureDependencies, root } from './lib.mjs';
import { databasesOf, testFiles } from './test-plan.mjs';

const quick = process.argv.includes('--quick');
const began = Date.now();
const say = (text) => console.log(`\n── ${text} (${Math.round((Date.now() - began) / 1000)} s)`);
const scratch = mkdtempSync(path.join(tmpdir(), 'tributary-check-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

checkNode();
ensureDependencies((text) => say(text));

await step('Lint', [bin('@biomejs/biome/bin/biome'), 'check', '.']);
await step('Import walls', [path.join(root, 'scripts', 'walls.mjs')]);
await step('Types', [bin('typescript/bin/tsc'), '--noEmit']);
if (quick)
  await vitest('Unit tests', {}, [
    'server/foundation',
    'server/connectors',
    'components',
    'db/client.test.ts',
    'tests/docs',
  ]);
else {
  const files = testFiles();
  const on = (database) => files.filter((file) => databasesOf(file).includes(database));
  await vitest('Tests on the embedded database', { TEST_DRIVER: 'pglite' }, on('pglite'));
  const { startPostgres } = await import('./postgres.mjs');
  const postgres = await startPostgres();
  try {
    await vitest('Tests on PostgreSQL', { TEST_DRIVER: 'pg', TEST_DATABASE_URL: postgres.url }, on('pg'));
    await vitest(
      "Tests through Neon's driver over a WebSocket",
      { TEST_DRIVER: 'neon', TEST_DATABASE_URL: postgres.url },
      on('neon'),
    );
  } finally {
    await postgres.stop();
  }
  await step('Publishing while everything breaks', [
    bin('tsx/dist/cli.mjs'),
    'tests/chaos/run.ts',
    '--n',
    '500',
    '--seconds',
    '20',
    '--seed',
    '20260302',
  ]);
  await step('Contracts', [bin('tsx/dist/cli.mjs'), 'tests/contracts/run.ts']);
  const chromium = ensureChromium();
  say('Build');
  ensureBuild(() => {});
  await step('The compose file', [bin('tsx/dist/cli.mjs'), 'tests/compose/run.ts']);
  await step('Attack', [bin('tsx/dist/cli.mjs'), 'tests/attack/run.ts']);
  await playwright(chromium);
}

rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || failures.length > 0 ? 1 : 0);

/** Runs a check that passes or fails as one. */
async function step(name, args, env = {}) {
  say(name);
  const code = await run(args, env);
  if (code === 0) total.passed++;
  else {
    total.failed++;
    failures.push(name);
  }
}

async function vitest(name, env, filters = []) {
  say(name);
  const report = path.join(
    scratch,
    `${total.passed}-${failures.length}-${Math.random().toString(36).slice(2)}.json`,
  );
  const code = await run(
    [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ],
    env,
  );
  if (!existsSync(report)) return fail(name);
  const result = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += result.numPassedTests;
  total.failed += result.numFailedTests;
  total.skipped += result.numPendingTests;
  if (result.numTotalTests === 0) return fail(`${name}: no test ran`);
  if (code !== 0) failures.push(name);
  if (code !== 0 && result.numFailedTests === 0) total.failed++;
}

async function playwright(executable) {
  const name = 'End to end in Chromium';
  say(name);
  const report = path.join(scratch, 'playwright.json');
  const code = await run([bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], {
    CHROMIUM: executable,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    TZ: 'Asia/Kathmandu',
  });
  if (!existsSync(report)) return fail(name);
  const { stats } = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += stats.expected + stats.flaky;
  total.failed += stats.unexpected;
  total.skipped += stats.skipped;
  if (stats.expected + stats.unexpected === 0) return fail(`${name}: no test ran`);
  if (code !== 0) failures.push(name);
  if (code !== 0 && stats.unexpected === 0) total.failed++;
}

function fail(name) {
  total.failed++;
  failures.push(name);
}

function run(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: '1',
        ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
        ...env,
      },
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** The system's Chromium; installed with the system's package manager when this is root on a Debian. */
function ensureChromium() {
  const known = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const found = () => known.find((file) => file && existsSync(file));
  if (!found() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('Installing Chromium');
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  const executable = found();
  if (executable) return executable;
  console.error(
    'There is no Chromium on this machine. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.',
  );
  console.log(`\n${total.passed} passed, ${total.failed + 1} failed, ${total.skipped} skipped`);
  process.exit(1);
}
