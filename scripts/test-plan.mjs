// Which test file runs on which database. A test file that needs none runs once, on the embedded one.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib.mjs';

/** One file of each domain runs on the embedded database, too: the one that goes through most of it. */
export const SMOKE = [
  'accounts/accounts',
  'approval-requests/fingerprint',
  'approvals/approvals',
  'billing/billing',
  'follow-up-rules/decide',
  'follow-ups/boosts',
  'connections/connections',
  'editing/edit',
  'emails/emails',
  'files/files',
  'generation/generate-variants',
  'posting-control/pause',
  'home/home',
  'ledger/ledger',
  'listings/listings',
  'live/changes',
  'uploads/media',
  'onboarding/onboarding',
  'planning/queue',
  'posts/list-posts',
  'preflight/check-schedule',
  'pricing/pricing',
  'publication-answers/resolve-unknown',
  'publications/transitions',
  'publisher/publishing',
  'results/results',
  'runs/runs',
  'sales/sales',
  'scheduling/count-day',
  'topics/choose-topics',
].map((name) => `server/domains/${name}.test.ts`);

/** Neon's driver is another way to the same PostgreSQL: its own layer, and where money and posts depend on transactions. */
const ON_NEON =
  /^(db\/(?!embedded-|seed\/)|server\/domains\/(publications|publisher|publication-answers|ledger)\/)/;
/** Starts servers of its own. */
const OWN_SERVERS = /^db\/logins\.test/;
/** What the embedded database and the embedded runner are made of. */
const EMBEDDED_LAYER = /^(db\/|inngest\/)/;
/** The same on every database. */
const ONCE = /^inngest\/(limits|boot)\.test/;
const ON_POSTGRES =
  /^(db\/(?!embedded-)|inngest\/|server\/domains\/|server\/sandbox\/|tests\/(tenancy|faults)\/)/;

/** The databases that a test file runs on: pglite, pg, neon. */
export function databasesOf(file) {
  if (OWN_SERVERS.test(file)) return ['pg'];
  const pg = ON_POSTGRES.test(file) && !ONCE.test(file);
  const pglite = !pg || EMBEDDED_LAYER.test(file) || SMOKE.includes(file);
  return [
    ...(pglite ? ['pglite'] : []),
    ...(pg ? ['pg'] : []),
    ...(pg && ON_NEON.test(file) ? ['neon'] : []),
  ];
}

/** Every unit test file of the project, as a path from its root. Browser tests are Playwright's. */
export function testFiles() {
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
  return found.sort();
}
