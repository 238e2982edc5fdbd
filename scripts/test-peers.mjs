// `npm run test:peers`: lets connectors use the real servers of platforms whose servers are in npm: Bluesky's PDS, with the directory of
// accounts that it needs, both on this machine. They are installed into a folder of their own the first time, which takes minutes and a
// compiler. Not a part of `npm test`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bin, checkNode, ensureDependencies, root } from './lib.mjs';
import { writeMessages } from './messages.mjs';

const PACKAGES = ['@atproto/pds@0.4.217', '@did-plc/server@0.0.1'];
const folder = path.join(root, 'node_modules', '.cache', 'peers');
const database = path.join(folder, 'node_modules', 'better-sqlite3');

checkNode();
ensureDependencies((text) => console.log(text));
writeMessages();
install();
const { status } = spawnSync(process.execPath, [bin('tsx/dist/cli.mjs'), 'tests/peers/run.ts', folder], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TRIBUTARY_LOG: 'silent' },
});
process.exit(status ?? 1);

function install() {
  if (existsSync(path.join(database, 'build', 'Release', 'better_sqlite3.node'))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  console.log(`Installing ${PACKAGES.join(' and ')}`);
  npm(
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...PACKAGES],
    'The servers could not be installed from npm.',
  );
  for (const tool of ['make', 'g++'])
    if (spawnSync(tool, ['--version']).status !== 0)
      stop(
        `The servers need a database that is compiled here, and there is no ${tool}. Install make and g++.`,
      );
  // The headers that belong to this Node, so that none are downloaded.
  const headers = path.join(path.dirname(process.execPath), '..');
  const own = existsSync(path.join(headers, 'include', 'node', 'node.h')) ? [`--nodedir=${headers}`] : [];
  npm(['rebuild', 'better-sqlite3', ...own], 'The database of the servers could not be compiled.');
}

function npm(args, problem) {
  const done = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0) stop(problem);
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
