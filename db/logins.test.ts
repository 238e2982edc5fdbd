import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '@/scripts/postgres.mjs';
import { runScript } from '@/scripts/psql.mjs';
import { fillEveryTable, openToBareHandle } from '@/tests/support/bare-handle';
import { moveIn, neighbours } from '@/tests/support/neighbours';
import { neonRelay } from '@/tests/support/neon-relay';
import { openDb } from './client';

// Starts its own servers, because roles belong to a whole server. The tests create and drop roles, so they depend on their order.
describe.each([15, 18] as const)('PostgreSQL %i', (version) => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let admin: pg.Client;
  beforeAll(async () => {
    server = await startPostgres(version);
    admin = await connect(server.adminUrl, 'postgres');
    expect((await admin.query('show server_version_num')).rows[0].server_version_num).toMatch(`${version}`);
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });

  const urlOf = (base: string, login: string, database: string) => {
    const url = new URL(base);
    Object.assign(url, { username: login, password: login, pathname: `/${database}` });
    return url.toString();
  };
  const connect = async (base: string, database: string) => {
    const client = new pg.Client({ connectionString: urlOf(base, 'admin', database) });
    await client.connect();
    return client;
  };
  /** Creates a login with these attributes and a database in which it may create schemas. Returns its URL. */
  const login = async (name: string, attributes = '') => {
    await admin.query(`create role ${name} login password '${name}' ${attributes}`);
    await admin.query(`create database ${name}`);
    await admin.query(`grant create on database ${name} to ${name}`);
    return urlOf(server.adminUrl, name, name);
  };
  const asAdmin = async <T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await connect(server.adminUrl, database);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  /** Runs the statements that a refusal tells the administrator to run. */
  const obey = (database: string, told: string) =>
    asAdmin(database, async (client) => {
      for (const line of told.split('\n')) if (line.startsWith('  ')) await client.query(line);
    });
  /** Starts twice, as after an update, and checks that the bare handle has no access. */
  const provesClosed = async (url: string) => {
    for (const fill of [true, false]) {
      const db = await openDb({ url, driver: 'pg', pool: 2 });
      try {
        await db.migrate();
        if (fill) await fillEveryTable(db);
        expect(await openToBareHandle(db)).toEqual([]);
      } finally {
        await db.close();
      }
    }
  };
  const refusal = async (url: string) => {
    const db = await openDb({ url, driver: 'pg', pool: 2 });
    try {
      return await db.migrate().then(
        () => 'started',
        (error: Error) => error.message,
      );
    } finally {
      await db.close();
    }
  };

  test('a login that may create roles creates them itself', async () => {
    await admin.query('drop database tributary');
    for (const role of ['tributary', 'tributary_app', 'tributary_system']) {
      if (role === 'tributary') await admin.query('drop owned by tributary');
      await admin.query(`drop role ${role}`);
    }
    await provesClosed(await login('maker', 'createrole'));
  });

  test('the script creates a login that can start the app, and may be run again', async () => {
    const script = readFileSync('db/setup/tributary.sql', 'utf8');
    for (const password of ['first', 'tributary'])
      await runScript(admin, script, { TRIBUTARY_DB_PASSWORD: password });
    const { rows } = await admin.query(
      "select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolinherit from pg_roles where rolname = 'tributary'",
    );
    expect(rows).toEqual([
      { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false, rolinherit: false },
    ]);
    await provesClosed(urlOf(server.adminUrl, 'tributary', 'tributary'));
  });

  test('a login without rights is told which statements to run, and starts once they have run', async () => {
    const url = await login('plain');
    await admin.query('revoke create on database plain from plain');
    const message = await refusal(url);
    expect(message).toContain('lacks rights');
    await obey('plain', message);
    await provesClosed(url);
  });

  test('other content of the database is left unchanged', async () => {
    const url = await login('neighbour');
    await admin.query('grant tributary_app, tributary_system to neighbour');
    await asAdmin('neighbour', async (client) => {
      await moveIn(client);
      // Even if the login has every right on it.
      await client.query('grant all on all tables in schema public, runner, sandbox, drizzle to neighbour');
      await client.query('grant all on schema public, runner, sandbox, drizzle to neighbour');
      const before = await neighbours(client);
      await provesClosed(url);
      expect(await neighbours(client)).toEqual(before);
    });
  });

  test('a member that inherits the rights of its roles sees no additional rows', async () => {
    const url = await login('heir', 'inherit');
    await admin.query('grant tributary_app, tributary_system to heir');
    await provesClosed(url);
  });

  test.runIf(version >= 16)(
    'a member that may not assume its roles is told which statements to run',
    async () => {
      const url = await login('member');
      await admin.query('grant tributary_app, tributary_system to member with set false');
      const message = await refusal(url);
      expect(message).toContain('grant tributary_app to "member" with inherit false, set true');
      await obey('member', message);
      await provesClosed(url);
    },
  );

  test('a second login is told to take over the objects that the first one created', async () => {
    await admin.query("create role successor login password 'successor'");
    await admin.query('grant create on database plain to successor');
    await admin.query('grant tributary_app, tributary_system to successor');
    const url = urlOf(server.adminUrl, 'successor', 'plain');
    const message = await refusal(url);
    expect(message).toContain('reassign owned by "plain" to "successor"');
    await obey('plain', message);
    await provesClosed(url);
  });

  test.each([
    ['superuser', 'superuser'],
    ['bypasser', 'bypassrls createrole'],
  ])(
    'a login that sees all rows (%s) works as the owner of the tables, which sees none',
    async (name, attributes) => {
      const url = await login(name, attributes);
      await obey(name, await refusal(url));
      await provesClosed(url);
      const { rows } = await asAdmin(name, (client) =>
        client.query("select tableowner from pg_tables where schemaname = 'tributary' group by 1"),
      );
      expect(rows).toEqual([{ tableowner: 'tributary_owner' }]);
      const relay = await neonRelay(Number(new URL(url).port));
      const db = await openDb({ url, driver: 'neon', pool: 2, neonWsProxy: relay.proxy });
      try {
        await db.migrate();
        expect(await openToBareHandle(db)).toEqual([]);
      } finally {
        await db.close();
        relay.close();
      }
    },
  );
});
