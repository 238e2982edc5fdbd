// Checks that pages, route handlers and server actions read and write only through verbs: see docs/decisions/0023-verbs-and-domains.md.
import { resolve, TEST_ONLY } from './imports.mjs';
import { moduleImports } from './module-record.mjs';

/** Adapters whose callers are not members of a workspace. Each entry states who calls it and what authorizes the call. */
export const OTHER_ADAPTERS = {
  'app/api/approvals/[token]/route.ts':
    'anybody with the link of an e-mail; its signed token identifies the user, who then decides through a verb',
  'app/api/health/checks.ts': 'monitoring; it learns only whether the installation works',
  'app/api/inngest/route.ts': 'Inngest, authenticated by its signature',
  'app/api/media/public/[token]/route.ts':
    'a platform that fetches a file of a post; the sealed token in the address names that file and ends',
  'app/api/oauth/[platform]/callback/[[...server]]/route.ts':
    'a platform that returns a user, matched by the state that a verb created at the start of the sign-in',
  'app/api/webhooks/[platform]/[receiver]/respond.ts':
    'a platform, authenticated by its signature, or by a secret that only it was given',
  'app/api/webhooks/[platform]/[receiver]/route.ts':
    'a platform, as above; it passes the services on to the function that authenticates it',
  'app/api/webhooks/stripe/route.ts': 'Stripe, authenticated by its signature',
  'app/outbox/page.tsx':
    'a user of the machine itself, recognized by the address of the request, where no e-mails are sent',
  'app/sandbox/server.ts': 'the app itself, acting as a platform; the sandbox has its own tables',
};

const ADAPTERS = /^(app|components)\//;
/** Tables, connections and queries. The names of states and the demo account are not data. */
const DATABASE = /^db\/(?!schema\/(states|_\w+)\.ts$|seed\/demo-account\.ts$)/;
/** Packages that read data. */
const DATA_PACKAGES = /^(drizzle-orm|(node:)?fs)(\/|$)/;
const VERB = /export const (\w+) = defineVerb\(/g;
/** Files that contain only a domain's schemas. */
const SCHEMAS = /\/schemas\.ts$/;
const CONSTANT = /^[A-Z][A-Z0-9_]*$/;

/**
 * Returns what adapters read or write without a verb, as text. `sources` contains every file by name. A module of a domain counts as data if it, or
 * one that it imports, uses the database or the disk: adapters import only verbs and constants from such a module. Unneeded exceptions are reported too.
 */
export function adapterBreaches(sources, others = OTHER_ADAPTERS, find = resolve) {
  const found = [];
  const needed = new Set();
  const data = new Map();
  const imports = new Map();
  function valuesOf(file) {
    if (!imports.has(file))
      imports.set(
        file,
        moduleImports(sources.get(file) ?? '', file).filter(({ names }) => names?.length !== 0),
      );
    return imports.get(file);
  }
  function readsData(file) {
    if (data.has(file)) return data.get(file);
    data.set(file, false);
    const answer = valuesOf(file).some(({ specifier }) => {
      if (specifier === null) return false;
      const to = find(specifier, file);
      return to ? DATABASE.test(to) || readsData(to) : DATA_PACKAGES.test(specifier);
    });
    data.set(file, answer);
    return answer;
  }
  for (const [file, source] of sources) {
    if (!ADAPTERS.test(file) || TEST_ONLY.test(file)) continue;
    const lines = [];
    if (/\.(asSystem|asWorkspace)\(/.test(source)) lines.push('opens a transaction');
    for (const { specifier, names } of valuesOf(file)) {
      if (specifier === null) {
        lines.push('imports a module whose name is computed');
        continue;
      }
      if (DATA_PACKAGES.test(specifier)) lines.push(`imports ${specifier}`);
      const to = find(specifier, file);
      if (!to) continue;
      if (DATABASE.test(to)) lines.push(`imports ${to}`);
      if (!/^(server\/domains|inngest)\//.test(to) || SCHEMAS.test(to) || !readsData(to)) continue;
      const verbs = new Set([...(sources.get(to) ?? '').matchAll(VERB)].map(([, name]) => name));
      const others = names?.filter((name) => !verbs.has(name) && !CONSTANT.test(name)) ?? ['everything'];
      if (others.length > 0) lines.push(`imports ${others.join(', ')} from ${to}`);
    }
    if (lines.length === 0) continue;
    if (Object.hasOwn(others, file)) needed.add(file);
    else found.push(...lines.map((line) => `an adapter reads or writes without a verb: ${file} ${line}`));
  }
  for (const file of Object.keys(others))
    if (!needed.has(file)) found.push(`an unused exception (scripts/adapter-imports.mjs): ${file}`);
  return found;
}
