// Which test file runs where: what it needs follows from what it and its helpers import, so that a moved file keeps its place.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { importsOf, isTestCode, resolve } from './imports.mjs';
import { root } from './lib.mjs';

const DATABASE = 'tests/support/db.ts';
const PUBLISHER = 'tests/support/publisher.ts';
const OWN_SERVERS = 'scripts/postgres.mjs';
const domainOf = (file) => /^server\/domains\/([^/]+)\//.exec(file)?.[1];

/** Modules of Node with which a test opens a port or starts a process or a thread. */
const MACHINE = /^node:(child_process|cluster|dgram|http|http2|https|net|tls|worker_threads)$/;
/** Replaces modules for everything that runs in the same process. */
const REPLACES_MODULES = /\bvi\.(mock|doMock|resetModules)\(/;
/** A file that must have a process of its own for a reason that its imports do not show says so in its text, with the reason. */
const SAYS_ALONE = /^\/\/ @alone: ./m;

const read = new Map();
/** The text of a file, and what it imports by value: packages and files of the project. */
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

/** The file and the test code that it reaches by imports; of other code the file's name alone. Production code reaches no test code. */
function reach(file) {
  const found = new Set([file]);
  for (const one of found)
    if (one === file || isTestCode(one) || one.startsWith('tests/'))
      for (const { to } of source(one).imports) if (to) found.add(to);
  return [...found];
}

const needs = new Map();
/**
 * What a test file needs. `database`: a fresh database of the run's driver. `ownServers`: PostgreSQL servers that it starts itself.
 * `alone`: a process of its own, because it opens ports, starts processes or replaces modules; all others share one.
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

/** Asks which driver the run tests, and does something else on the embedded database. */
const asksForDriver = (file) => /\btestDriver\(\)/.test(source(file).text);
/** Is about the embedded database's folder or the embedded database itself. */
const embeddedOnly = (file) =>
  !asksForDriver(file) && (/\bfillFolder\(/.test(source(file).text) || /^db\/embedded-/.test(file));
/** What the embedded database and the embedded runner are made of. */
const EMBEDDED_LAYER = /^(db|inngest\/embedded)\//;
/** Where Neon's driver may differ: its own layer, posts that go out, and money. */
const ON_NEON =
  /^(db\/(?!seed\/)|server\/domains\/(publications|due|publication-recovery|publisher|ledger)\/)/;

/**
 * The databases that a test file runs on: pglite, pg, neon. None when it needs none: then it runs once. Most run on PostgreSQL; the
 * embedded database has its own layer and one file of each domain; Neon's driver, which is another way to the same PostgreSQL, has
 * its own layer and what depends on transactions most: posts that go out, and money.
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

let smoke;
/** Of each domain that has tests on a database the one that goes through most of it, measured by the domain's files that it imports. */
export function smokeFiles() {
  if (smoke) return smoke;
  const best = new Map();
  for (const file of testFiles()) {
    const domain = domainOf(file);
    if (domain === undefined || !needsOf(file).database) continue;
    const own = reach(file).filter((one) => domainOf(one) === domain).length;
    if (own > (best.get(domain)?.own ?? 0)) best.set(domain, { file, own });
  }
  smoke = [...best.values()].map(({ file }) => file);
  return smoke;
}

/** The Vitest project of a test file. Those named `…-alone` give each file a process of its own. */
export function projectOf(file) {
  const { database, ownServers, alone } = needsOf(file);
  if (ownServers) return 'database-alone';
  if (database) return alone ? 'database-alone' : 'database';
  return alone ? 'alone' : 'pure';
}

let all;
/** Every unit test file of the project, as a path from its root. Browser tests are Playwright's. */
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
