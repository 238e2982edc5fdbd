// Decides which test file runs where. A file's needs follow from its imports and those of its helpers, so a moved file stays in its group.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { importsOf, isTestCode, resolve } from './imports.mjs';
import { root } from './lib.mjs';

const DATABASE = 'tests/support/db.ts';
const PUBLISHER = 'tests/support/publisher.ts';
const OWN_SERVERS = 'scripts/postgres.mjs';
const domainOf = (file) => /^server\/domains\/([^/]+)\//.exec(file)?.[1];

/** Node modules with which a test opens ports or starts processes or threads. */
const MACHINE = /^node:(child_process|cluster|dgram|http|http2|https|net|tls|worker_threads)$/;
/** Matches calls that replace modules for everything in the same process. */
const REPLACES_MODULES = /\bvi\.(mock|doMock|resetModules)\(/;
/** A file that needs its own process for a reason that its imports do not show has this comment, with the reason. */
const SAYS_ALONE = /^\/\/ @alone: ./m;

const read = new Map();
/** Returns the text of a file and its value imports: packages and files of the project. */
function source(file) {
  let known = read.get(file);
  if (!known) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const imports = importsOf(text)
      .filter(({ types }) => !types)
      .map(({ specifier }) => ({ specifier, to: resolve(specifier, file) ?? undefined }));
    known = { text, imports };
    read.set(file, known);
  }
  return known;
}

/**
 * Returns the file, the test code that it imports transitively, and the other files imported there, whose own imports are not followed
 * because production code imports no test code.
 */
function reach(file) {
  const found = new Set([file]);
  for (const one of found)
    if (one === file || isTestCode(one) || one.startsWith('tests/'))
      for (const { to } of source(one).imports) if (to) found.add(to);
  return [...found];
}

const needs = new Map();
/**
 * Returns the needs of a test file. `database`: a fresh database of the run's driver. `ownServers`: PostgreSQL servers that it starts
 * itself. `alone`: its own process, because it opens ports, starts processes or replaces modules; all others share one.
 */
export function needsOf(file) {
  let known = needs.get(file);
  if (!known) {
    const reached = reach(file);
    const helpers = reached.filter((one) => isTestCode(one) && one !== DATABASE).map(source);
    known = {
      database: reached.includes(DATABASE),
      ownServers: reached.includes(OWN_SERVERS),
      alone: helpers.some(
        ({ text, imports }) =>
          REPLACES_MODULES.test(text) ||
          SAYS_ALONE.test(text) ||
          imports.some(({ specifier }) => MACHINE.test(specifier)),
      ),
      publishes: reached.includes(PUBLISHER),
    };
    needs.set(file, known);
  }
  return known;
}

/** Whether a test checks the run's driver and behaves differently on the embedded database. */
const asksForDriver = (file) => /\btestDriver\(\)/.test(source(file).text);
/** Whether a test covers the embedded database or its folder. */
const embeddedOnly = (file) =>
  !asksForDriver(file) && (/\bfillFolder\(/.test(source(file).text) || /^db\/embedded-/.test(file));
/** The code that implements the embedded database and the embedded runner. */
const EMBEDDED_LAYER = /^(db|inngest\/embedded)\//;
/** Code for which Neon's driver may behave differently: its own layer, publishing, and money. */
const ON_NEON =
  /^(db\/(?!seed\/)|server\/domains\/(publications|due|publication-recovery|publisher|ledger)\/)/;

/**
 * Returns the databases on which a test file runs: pglite, pg, neon. Empty if it needs none; it then runs once. Most tests run on
 * PostgreSQL. The embedded database runs its own layer and one file per domain. Neon's driver, which only connects to the same PostgreSQL
 * differently, runs its own layer and the code that depends on transactions most: publishing and money.
 */
export function databasesOf(file) {
  const { database, ownServers, publishes } = needsOf(file);
  if (ownServers) return ['pg'];
  if (!database) return [];
  if (embeddedOnly(file)) return ['pglite'];
  const pglite = EMBEDDED_LAYER.test(file) || asksForDriver(file) || smokeFiles().includes(file);
  const neon = ON_NEON.test(file) || (publishes && domainOf(file) !== undefined);
  return [...(pglite ? ['pglite'] : []), 'pg', ...(neon ? ['neon'] : [])];
}

/** How much of a domain its smoke test has to cover, compared with the file that covers most of it. */
const COVERED = 2 / 3;
let smoke;
/**
 * Returns a smoke test for each domain with database tests: the shortest file that covers enough of the domain. What a file covers is
 * measured by the number of the domain's files that it imports.
 */
export function smokeFiles() {
  if (smoke) return smoke;
  const domains = new Map();
  for (const file of testFiles()) {
    const domain = domainOf(file);
    if (domain === undefined || !needsOf(file).database) continue;
    const covers = reach(file).filter((one) => domainOf(one) === domain).length;
    const files = domains.get(domain) ?? [];
    domains.set(domain, files);
    files.push({ file, covers, length: source(file).text.length });
  }
  smoke = [...domains.values()].flatMap((files) => {
    const most = Math.max(...files.map(({ covers }) => covers));
    const enough = files.filter(({ covers }) => covers >= most * COVERED);
    const cost = ({ file, length }) => {
      // It runs on the embedded database in any case.
      if (asksForDriver(file)) return 0;
      // A test with faults repeats what it does for each of them.
      return /\binstallFaultHook\(/.test(source(file).text) ? Number.POSITIVE_INFINITY : length;
    };
    return enough
      .sort((a, b) => cost(a) - cost(b))
      .slice(0, 1)
      .map(({ file }) => file);
  });
  return smoke;
}

/** Returns the Vitest project of a test file. Projects named `…-alone` give each file its own process. */
export function projectOf(file) {
  const { database, ownServers, alone } = needsOf(file);
  if (ownServers) return 'database-alone';
  if (database) return alone ? 'database-alone' : 'database';
  return alone ? 'alone' : 'pure';
}

let all;
/** Returns every unit test file of the project, as a path relative to its root. Playwright runs the browser tests. */
export function testFiles() {
  if (all) return all;
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!/^(node_modules|\.[^/]+|tests\/e2e)$/.test(name)) walk(name);
      } else if (/\.test\.tsx?$/.test(name)) found.push(name);
    }
  };
  walk('');
  all = found.sort();
  return all;
}
