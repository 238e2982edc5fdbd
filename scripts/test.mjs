// `npm test`: installs the dependencies and runs every check. `--quick` is `npm run verify`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { bin, checkNode, ensureDependencies, root } from './lib.mjs';
import { writeMessages } from './messages.mjs';
import { databasesOf, testFiles } from './test-plan.mjs';

const quick = process.argv.includes('--quick');
const began = Date.now();
const stages = [];
const say = (name) => {
  stages.push({ name, at: Date.now() });
  console.log(`\n── ${name} (${Math.round((Date.now() - began) / 1000)} s)`);
};
const SLOWEST = 20;
/**
 * Three browser runs at the same time, each with its own app, port and data folder: these files, and all others in a third. They take about
 * equally long. Browser tests wait more than they compute, so two cores are enough.
 */
const BROWSER_RUNS = [
  ['catalogue.e2e.ts', 'first-use.e2e.ts'],
  ['pages.e2e.ts', 'paying.e2e.ts', 'posting.e2e.ts'],
];
const CHAOS = ['--n', '200', '--seconds', '12', '--seed', '20260302'];
const scratch = mkdtempSync(path.join(tmpdir(), 'tributary-check-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** The end of the output of each check that failed as a whole, repeated at the end of the run for the same reason as the messages. */
const failedChecks = [];
const END_LENGTH = 2_000;
/** The failed tests with their messages, which are repeated at the end of the run because they may be far above it. */
const failedTests = [];
const MESSAGE_LENGTH = 600;
/** The browser tests that passed only when they were repeated, with the message of the first try. */
const unstableTests = [];
/** Duration of every test, in milliseconds. */
const durations = [];

checkNode();
ensureDependencies((text) => say(text));

writeMessages();
await together([
  ['Lint', [bin('@biomejs/biome/bin/biome'), 'check', '.']],
  ['Import boundaries', [path.join(root, 'scripts', 'walls.mjs')]],
  ['Unused code', [bin('knip/bin/knip.js'), '--no-progress', '--treat-config-hints-as-errors']],
  ['Types', [bin('typescript/bin/tsc'), '--noEmit']],
]);
if (quick) await vitest('Tests that need no database, port or process', {}, ['--project=pure']);
else {
  await vitest('Tests that need no database', {}, ['--project=pure', '--project=alone']);
  const on = (database) => testFiles().filter((file) => databasesOf(file).includes(database));
  await vitest('Tests on the embedded database', { TEST_DRIVER: 'pglite' }, on('pglite'));
  const { startPostgres } = await import('./postgres.mjs');
  const postgres = await startPostgres();
  let build;
  let chaos;
  try {
    await vitest('Tests on PostgreSQL', { TEST_DRIVER: 'pg', TEST_DATABASE_URL: postgres.url }, on('pg'));
    // These three wait for a network more than they use the CPU, so they run in parallel.
    build = runQuietly([path.join(root, 'scripts', 'build.mjs')]);
    chaos = runQuietly([bin('tsx/dist/cli.mjs'), 'tests/chaos/run.ts', ...CHAOS]);
    await vitest(
      "Tests through Neon's driver over a WebSocket",
      { TEST_DRIVER: 'neon', TEST_DATABASE_URL: postgres.url },
      on('neon'),
    );
  } finally {
    await postgres.stop();
  }
  await step('Contracts', [bin('tsx/dist/cli.mjs'), 'tests/contracts/run.ts']);
  say('Build');
  if (!report('Build', await build)) {
    await chaos;
    finish();
  }
  await step('The compose file', [bin('tsx/dist/cli.mjs'), 'tests/compose/run.ts']);
  say('Publishing under faults');
  report('Publishing under faults', await chaos);
  const chromium = ensureChromium();
  await step('Attack', [bin('tsx/dist/cli.mjs'), 'tests/attack/run.ts']);
  await playwright(chromium);
}

finish();

function finish() {
  rmSync(scratch, { recursive: true, force: true });
  sayDurations();
  if (unstableTests.length > 0) console.log(`\nPassed only when repeated\n${unstableTests.join('\n')}`);
  if (failedTests.length > 0) console.log(`\nFailed tests\n${failedTests.join('\n')}`);
  if (failedChecks.length > 0) console.log(`\nFailed checks\n${failedChecks.join('\n')}`);
  if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(total.failed > 0 || failures.length > 0 ? 1 : 0);
}

/** Runs a check that passes or fails as a whole. */
async function step(name, args, env = {}) {
  say(name);
  report(name, { code: await run(args, env), output: '' });
}

/** Runs several such checks in parallel. The output of each is printed as a block, in their order. */
async function together(checks) {
  say(checks.map(([name]) => name).join(', '));
  const running = checks.map(([name, args]) => ({ name, ended: runQuietly(args) }));
  for (const { name, ended } of running) report(name, await ended);
}

function report(name, { code, output }) {
  if (output.trim()) console.log(`${name}: ${output.trim()}`);
  if (code === 0) total.passed++;
  else {
    fail(name);
    const end = stripVTControlCharacters(output).trim().slice(-END_LENGTH);
    if (end) failedChecks.push(`  ${name}\n    ${end.replace(/\n/g, '\n    ')}`);
  }
  return code === 0;
}

async function vitest(name, env, args) {
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
      // All stages load the same code, so each file is transformed once in a run.
      '--experimental.fsModuleCache',
      `--experimental.fsModuleCachePath=${path.join(scratch, 'modules')}`,
      ...args,
    ],
    env,
  );
  if (!existsSync(report)) return fail(name);
  const result = JSON.parse(readFileSync(report, 'utf8'));
  total.passed += result.numPassedTests;
  total.failed += result.numFailedTests;
  total.skipped += result.numPendingTests;
  for (const { name: file, assertionResults } of result.testResults)
    for (const { duration, fullName, status, failureMessages } of assertionResults) {
      took(duration, file, fullName);
      if (status === 'failed') failedTests.push(describe(file, fullName, failureMessages.join('\n')));
    }
  if (result.numTotalTests === 0) return fail(`${name}: no tests ran`);
  if (code !== 0) failures.push(name);
  if (code !== 0 && result.numFailedTests === 0) total.failed++;
}

async function playwright(executable) {
  const name = 'End to end in Chromium';
  say(name);
  const files = readdirSync(path.join(root, 'tests', 'e2e')).filter((file) => file.endsWith('.e2e.ts'));
  const rest = files.filter((file) => !BROWSER_RUNS.flat().includes(file));
  const runs = [...BROWSER_RUNS, rest].map((names, i) => {
    const file = path.join(scratch, `playwright-${i}.json`);
    const args = ['test', ...names.map((name) => `/${name}`), '--reporter=list,json'];
    const env = {
      CHROMIUM: executable,
      E2E_PORT: String(3391 + i),
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      TZ: 'Asia/Kathmandu',
    };
    return { file, ended: runQuietly([bin('@playwright/test/cli.js'), ...args], env) };
  });
  for (const { file, ended } of runs) {
    const { code, output } = await ended;
    console.log(output.trim());
    countBrowserTests(name, file, code);
  }
}

/** Adds the tests of one Playwright report to the totals. */
function countBrowserTests(name, report, code) {
  if (!existsSync(report)) return fail(name);
  const { stats, suites } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { spec, file } of specs(suites)) {
    const full = path.join(root, 'tests', 'e2e', file);
    const results = spec.tests.flatMap((test) => test.results);
    took(
      results.reduce((sum, result) => sum + result.duration, 0),
      full,
      spec.title,
    );
    const said = results.map((result) => result.error?.message ?? '').join('\n');
    if (!spec.ok) failedTests.push(describe(full, spec.title, said));
    else if (spec.tests.some((test) => test.status === 'flaky'))
      unstableTests.push(describe(full, spec.title, said));
  }
  total.passed += stats.expected + stats.flaky;
  total.failed += stats.unexpected;
  total.skipped += stats.skipped;
  if (stats.expected + stats.unexpected === 0) return fail(`${name}: no tests ran`);
  if (code !== 0) failures.push(name);
  if (code !== 0 && stats.unexpected === 0) total.failed++;
}

/** Flattens the nested suites of Playwright's report into its tests. */
function specs(suites) {
  return suites.flatMap((suite) => [
    ...(suite.specs ?? []).map((spec) => ({ spec, file: suite.file })),
    ...specs(suite.suites ?? []),
  ]);
}

/** Returns the name of a test with the beginning of its message, without terminal colours. */
function describe(file, test, message) {
  const text = stripVTControlCharacters(message).trim().replace(/\n\s*/g, '\n    ');
  return `  ${path.relative(root, file)} › ${test}\n    ${text.slice(0, MESSAGE_LENGTH)}`;
}

function took(ms, file, test) {
  durations.push({ ms: ms ?? 0, where: `${path.relative(root, file)} › ${test}` });
}

/** Prints the slowest tests and the duration of each stage, which show where to look when the run becomes too slow. */
function sayDurations() {
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`.padStart(8);
  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  console.log('\nSlowest tests');
  const slowest = durations.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  for (const { ms, where } of slowest) console.log(`${seconds(ms)}  ${short(where, 120)}`);
  console.log('\nStages');
  for (const [i, { name, at }] of stages.entries())
    console.log(`${seconds((stages[i + 1]?.at ?? Date.now()) - at)}  ${name}`);
}

function fail(name) {
  total.failed++;
  failures.push(name);
}

function start(args, env, output) {
  return spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: '1',
      ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
      ...env,
    },
  });
}

function run(args, env) {
  return new Promise((resolve) => {
    start(args, env, 'inherit').on('exit', (code) => resolve(code ?? 1));
  });
}

/** Returns the exit code and the output of the process. */
function runQuietly(args, env = {}) {
  return new Promise((resolve) => {
    const child = start(args, env, 'pipe');
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Returns the system's Chromium. If it is missing, installs it with the package manager when run as root on Debian. */
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
    'Chromium was not found. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.',
  );
  fail('Chromium');
  return finish();
}
