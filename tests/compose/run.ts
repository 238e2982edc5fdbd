// Verifies compose.yaml without containers, with one PostgreSQL, the scripts that compose mounts into it, the tables of another system
// alongside ours, and the built app with the environment from compose. Stops at the first failure.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import { bin, root, waitForHealth } from '../../scripts/lib.mjs';
import { freePort, startPostgres } from '../../scripts/postgres.mjs';
import { runScript } from '../../scripts/psql.mjs';
import { moveIn, neighbours } from '../support/neighbours';

interface Service {
  image?: string;
  environment?: Record<string, string>;
  volumes?: string[];
}

const hex = '0123456789abcdef'.repeat(4);
/** What an operator sets in `.env`. */
const kept: Record<string, string> = {
  POSTGRES_PASSWORD: `a${hex}`,
  TRIBUTARY_DB_PASSWORD: `b${hex}`,
  INNGEST_DB_PASSWORD: `c${hex}`,
  INNGEST_EVENT_KEY: hex,
  INNGEST_SIGNING_KEY: hex,
  AUTH_SECRET: hex,
  LINK_SIGNING_SECRET: hex,
  ENCRYPTION_KEYS: `k1:${Buffer.from(hex.slice(0, 32)).toString('base64')}`,
};
const filled = (text: string) =>
  text.replace(
    /\$\{(\w+):\?[^}]*\}/g,
    (whole, name: string) => kept[name] ?? assert.fail(`${whole} has no value in this test`),
  );
const environmentOf = (service: Service | undefined) =>
  Object.fromEntries(Object.entries(service?.environment ?? {}).map(([key, value]) => [key, filled(value)]));

const { services } = parse(readFileSync(path.join(root, 'compose.yaml'), 'utf8')) as {
  services: Record<string, Service>;
};
const scratch = mkdtempSync(path.join(tmpdir(), 'tributary-compose-'));
const closing: (() => unknown)[] = [() => rmSync(scratch, { recursive: true, force: true })];

try {
  await main();
  console.log('compose.yaml: the app starts next to another system and leaves it unchanged');
} finally {
  for (const close of closing.reverse()) await close();
}
process.exit(0);

async function main() {
  for (const [name, { image }] of Object.entries(services))
    if (image) assert.match(image, /:v?\d/, `the image of ${name} must have a version`);
  const app = environmentOf(services.app);
  const [ours, inngests] = [app.DATABASE_URL, environmentOf(services.inngest).INNGEST_POSTGRES_URI].map(
    (url) => new URL(url ?? assert.fail('a database URL is missing')),
  ) as [URL, URL];
  assert.notEqual(ours.username, inngests.username, 'Tributary and Inngest must have separate logins');
  assert.notEqual(ours.pathname, inngests.pathname, 'Tributary and Inngest must have separate databases');
  const database = environmentOf(services.postgres);
  assert(
    ![ours.username, inngests.username].includes(database.POSTGRES_USER ?? 'postgres'),
    'neither login may be the superuser',
  );

  const server = await startPostgres();
  closing.push(() => server.stop());
  const port = new URL(server.adminUrl).port;
  const connect = async (url: URL | string, databaseName?: string) => {
    const there = new URL(url);
    there.host = `127.0.0.1:${port}`;
    if (databaseName) there.pathname = `/${databaseName}`;
    const client = new pg.Client({ connectionString: there.toString() });
    await client.connect();
    closing.push(() => client.end());
    return client;
  };
  const admin = await connect(server.adminUrl);
  // Resets the server to the state of a fresh image, without anything of this project.
  await admin.query('drop database tributary');
  await admin.query('drop owned by tributary');
  for (const role of ['tributary', 'tributary_app', 'tributary_system'])
    await admin.query(`drop role ${role}`);
  const scripts = (services.postgres?.volumes ?? [])
    .map((volume) => volume.split(':'))
    .filter(([, inside]) => inside?.startsWith('/docker-entrypoint-initdb.d/'))
    .sort(([, a = ''], [, b = '']) => (a < b ? -1 : 1));
  assert(scripts.length > 0, 'no initialization script is mounted');
  for (const [file = ''] of scripts)
    await runScript(admin, readFileSync(path.join(root, file), 'utf8'), database);

  const { rows: logins } = await admin.query(
    `select rolname, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication as privileged
     from pg_roles where rolcanlogin and rolname <> 'admin' order by 1`,
  );
  assert.deepEqual(logins, [
    { rolname: inngests.username, privileged: false },
    { rolname: ours.username, privileged: false },
  ]);
  for (const [from, to] of [
    [ours, inngests],
    [inngests, ours],
  ] as const)
    await assert.rejects(
      connect(from, to.pathname.slice(1)),
      /permission denied/,
      'neither login may connect to the database of the other',
    );
  // The Inngest server creates its tables in its own database. The tables of another system are put into both databases.
  const theirs = await connect(inngests);
  await theirs.query('create table public.function_runs (run_id char(26) primary key, workspace_id uuid)');
  const databases = await Promise.all(
    [inngests, ours].map((url) => connect(server.adminUrl, url.pathname.slice(1))),
  );
  for (const client of databases) await moveIn(client);
  const all = () => Promise.all(databases.map(neighbours));
  const before = await all();

  await runApp(app, port);

  assert.deepEqual(await all(), before, 'the other system must be unchanged');
  const { rows: owners } = await (databases[1] as pg.Client).query(
    "select tableowner as owner, count(*)::int as n from pg_tables where schemaname = 'tributary' group by 1",
  );
  assert.deepEqual(
    owners.map((row) => row.owner),
    [ours.username],
  );
  assert(owners[0].n > 30, 'our tables must be in our own schema');
}

/** Starts the built app, loads pages, then terminates it and waits for its exit. */
async function runApp(environment: Record<string, string>, postgresPort: string): Promise<void> {
  // Stands in for the Inngest server and accepts everything.
  const inngest = createServer((_, answer) => answer.end('{"ids":[],"status":200}'));
  await new Promise<void>((resolve) => inngest.listen(0, '127.0.0.1', resolve));
  closing.push(() => inngest.close());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const database = new URL(environment.DATABASE_URL ?? '');
  database.host = `127.0.0.1:${postgresPort}`;
  let output = '';
  const child: ChildProcess = spawn(
    process.execPath,
    [bin('next/dist/bin/next'), 'start', '-p', String(port)],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        // Set by the Dockerfile.
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        NEXT_MANUAL_SIG_HANDLE: 'true',
        PORT: String(port),
        TRIBUTARY_DATA_DIR: path.join(scratch, 'data'),
        ...kept,
        APP_URL: url,
        ...environment,
        DATABASE_URL: database.toString(),
        INNGEST_BASE_URL: `http://127.0.0.1:${(inngest.address() as AddressInfo).port}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      output += data;
    });
  closing.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  assert(
    await waitForHealth(`${url}/api/health`, child, 60),
    `the app did not become healthy; its output:\n${output}`,
  );
  for (const page of ['/', '/sign-in', '/register']) {
    const answer = await fetch(url + page, { redirect: 'manual' });
    assert(answer.status < 400, `${page} responded ${answer.status}; its output:\n${output}`);
  }
  child.kill('SIGTERM');
  await ended;
}
