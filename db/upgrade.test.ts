import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { restoreBackup } from '@/backup/restore';
import { visitBackup } from '@/backup/visit';
import { openTokens } from '@/server/connectors/host/tokens';
import { grantCredentials, ownCredentials } from '@/server/domains/connections/credentials';
import { grantStore } from '@/server/domains/connections/store';
import { ManualClock } from '@/server/foundation/clock';
import { seal } from '@/server/foundation/crypto';
import { parseEnv } from '@/server/foundation/env';
import { asWorkspaceId } from '@/server/foundation/ids';
import { createSandboxTables } from '@/server/sandbox/create-tables';
import { emptyDatabase, freshDb, testDriver } from '@/tests/support/db';
import { configuredDatabase, type Db, MIGRATIONS, openDb } from './client';
import { SnapshotLoader } from './load-snapshot';
import { BOOKKEEPING } from './login';
import { connectionChoices, connections, grants, posts, products, publications, variants } from './schema';
import { containsTerm } from './search';
import { OUR_SCHEMAS } from './snapshot-format';

/** A backup of the demo as the first version made it, from an embedded database, with its passphrase. */
const FIRST = path.resolve('tests/fixtures/first-version.tar.gz.age');
const passphrase = 'the first version of all';

/**
 * The migrations that installations have applied, with the SHA-256 of each. A migration never changes once it is here: a database that has
 * applied it would be refused (known-version.ts). A change of the schema is a new migration (`npm run db:generate`).
 */
const APPLIED: Record<string, string> = {
  '0000_initial.sql': '65548edc1dd0a3441d6beaf81dbf039fa6a75ca5d244fdece3072d5fa2b4acbf',
  '0001_money_and_zones.sql': 'dae32d1c379322b65a4f01f37a1814869d9cf94fb3e484e5abe4ac95484b3f87',
  '0002_search_keys.sql': '8a6fbf7b696b0cc0076f7ccc332d8cc3dbd798a67fb7027654d3f3e063681382',
  '0003_refunds_and_disputes.sql': 'cde8df9781de893da888f209e80200bafcfb169d9e0eb32f6e7df10e429d83e8',
  '0004_orders_without_payment.sql': '43945200c22ac2a9b99b7dc62a0824ccc49028cbd37d55972283592455388aa8',
  '0005_sales_indexes.sql': '6656b5d522e28b7234578a797c175cd6d130eb88fa7fb52920ef1ebf2116feba',
  '0006_media_ways.sql': '16ab5c0f82b972ea17f7420386fdf5869b32f457491a19d99b4fdf492b9168fb',
  '0007_options.sql': '202b8f00da09c65aba671c205daab1085f27d481e4a8761348b40567947db7a8',
  '0008_sign_in.sql': '1a490a72974d0a47622f182a7d6e34c20b737fce209c673744cffec466015df7',
  '0009_sandbox_leaves.sql': '4b52ad6666231d33b33bf69d67f520fd19f39d638b4780dfed6df2c7b85a88f3',
  '0010_grants.sql': 'faec7ec80e59cf0c20555869026ba24b5674491813d43b17b9ff4836f7b3f82b',
  '0011_own_limits.sql': 'df2975cd9e875fcfa565668deeb381b41fd513c2355c1586418cd0491529cd0d',
  '0012_sign_in_ends.sql': '95ee56a61d4525075dd9007e750febc084aef22bf938ac48b8937fca65c134af',
  '0013_webhooks.sql': 'd2e6c5ee9793b994758f3876e3c4e34c07e543a8fa8e2e27604d7ba0b2657f5c',
  '0014_options_of_plans.sql': '7b9ae44ec43bf3ca719652bbac774c22b6b79ba269537c314f3f6f23a80e4fda',
  '0015_posted_by_hand.sql': 'edfbac6dcd6cdc342c07e9362527b4c4843f7ca80e13b8b9ab626f690a69a8ef',
};

let folder: string;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-upgrade-'));
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function emptyInstallation(name: string) {
  const { settings, drop } = await emptyDatabase();
  closing.push(drop);
  return parseEnv({ NODE_ENV: 'test', TRIBUTARY_DATA_DIR: path.join(folder, name), ...settings });
}

/** Returns a folder with only the first migrations, as an earlier version had it. */
function migrationsUpTo(count: number): string {
  const older = path.join(folder, `migrations-${count}`);
  cpSync(MIGRATIONS, older, { recursive: true });
  const journal = path.join(older, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: unknown[] };
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }));
  return older;
}

/** Returns a database that was never migrated. */
async function withoutTables(): Promise<Db> {
  const db = await freshDb();
  closing.push(() => db.close());
  for (const schema of [...OUR_SCHEMAS, BOOKKEEPING])
    await db.raw.execute(sql.raw(`drop schema ${schema} cascade`));
  return db;
}

/** The rows that a person would look for first, and what the database guarantees about them. */
async function expectDemo(db: Db) {
  const { rows } = (await db.asSystem((tx) =>
    tx.execute(sql`select
      (select count(*)::int from users) as users, (select count(*)::int from workspaces) as workspaces,
      (select count(*)::int from posts) as posts, (select count(*)::int from connections where grant_id is not null) as connections,
      (select coalesce(sum(amount), 0)::int from ledger_postings) as balance`),
  )) as unknown as { rows: Record<string, number>[] };
  expect(rows).toEqual([{ users: 2, workspaces: 1, posts: 5, connections: 3, balance: 0 }]);
  await expect(db.asSystem((tx) => tx.execute(sql`delete from ledger_postings`))).rejects.toThrow();
}

test('migrations that installations have applied do not change', () => {
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(path.join(MIGRATIONS, name), 'utf8').replaceAll('\r\n', '\n'))
      .digest('hex');
  for (const [name, expected] of Object.entries(APPLIED)) expect(digest(name), name).toBe(expected);
  // Each later one comes after these.
  const names = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  expect(names.slice(0, Object.keys(APPLIED).length)).toEqual(Object.keys(APPLIED));
  // The migrator applies those that are later than the newest applied one, by the dates in the journal.
  const { entries } = JSON.parse(readFileSync(path.join(MIGRATIONS, 'meta', '_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  const dates = entries.map(({ when }) => when);
  expect(dates).toEqual([...new Set(dates)].sort((a, b) => a - b));
});

test('a database of the first version, with rows, opens with this version', async () => {
  const first = migrationsUpTo(1);
  const db = await withoutTables();
  await db.raw.transaction(async (tx) => {
    let loader: SnapshotLoader | undefined;
    const { manifest } = await visitBackup(FIRST, passphrase, {
      head: async ({ snapshot }) => {
        loader = await SnapshotLoader.begin(tx, snapshot, first, createSandboxTables);
      },
      rows: async (table, rows) => loader?.load(table, rows),
    });
    await loader?.finish(new Map(Object.entries(manifest.tables)));
  });
  await db.migrate();
  await expectDemo(db);
  // Starting again changes nothing.
  await db.migrate();
});

test('posts and products from before there were search keys are found after the upgrade', async () => {
  const db = await withoutTables();
  await db.migrate(migrationsUpTo(2));
  const texts = ['Café', 'ĐÀ NẴNG', 'हिन्दी भोजन', 'İSTANBUL ÇAY', 'Plain words'];
  await db.asSystem(async (tx) => {
    await tx.execute(
      sql`insert into workspaces (id, name, time_zone, reporting_currency) values ('w', 'W', 'UTC', 'USD')`,
    );
    await tx.execute(
      sql`insert into connections (id, workspace_id, platform, environment, status, remote_id, remote_name)
        values ('c', 'w', 'x', 'sandbox', 'active', 'r', 'R')`,
    );
    for (const [i, text] of texts.entries()) {
      const parts = JSON.stringify([{ text: 'One' }, { text: `${text} part` }]);
      await tx.execute(
        sql`insert into posts (id, workspace_id, title, created_by) values (${`p${i}`}, 'w', ${`${text} title`}, 'user:x')`,
      );
      await tx.execute(
        sql`insert into variants (id, workspace_id, post_id, platform, text, parts)
          values (${`v${i}`}, 'w', ${`p${i}`}, 'x', ${`${text} text`}, ${parts}::text::jsonb)`,
      );
      for (const state of ['published', 'cancelled'])
        await tx.execute(
          sql`insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, due_at, local_time, time_zone,
              state, marker, request_key, created_by)
            values (${`${state}${i}`}, 'w', ${`p${i}`}, ${`v${i}`}, 'c', ${`${text} ${state}`}, now(), '2026-03-02T10:00', 'UTC',
              ${state}, ${`${state}${i}`}, ${`${state}${i}`}, 'user:x')`,
        );
      await tx.execute(
        sql`insert into products (id, workspace_id, title, description, price, floor, currency)
          values (${`s${i}`}, 'w', ${`${text} product`}, 'D', 100, 100, 'USD')`,
      );
    }
  });
  await db.migrate();
  const found = (term: string) =>
    db.asSystem(async (tx) => {
      const contains = containsTerm(term);
      const ids = await Promise.all(
        [posts, variants, publications, products].map((table) =>
          tx.select({ id: table.id }).from(table).where(contains(table.searchKey)),
        ),
      );
      return ids.flat().map(({ id }) => id);
    });
  for (const [i, term] of ['cafe\u0301', 'da nang', 'भोजन', 'istanbul cay', 'plain WORDS'].entries()) {
    expect(await found(`${term} t`), term).toEqual([`p${i}`, `v${i}`]);
    expect(await found(`${term} part`), term).toEqual([`v${i}`]);
    expect(await found(`${term} published`), term).toEqual([`published${i}`]);
    expect(await found(`${term} cancelled`), term).toEqual([]);
    expect(await found(`${term} product`), term).toEqual([`s${i}`]);
  }
  expect(await found('text one')).toEqual([]);
});

test('connections from before there were grants keep their access, whoever they share it with', async () => {
  const db = await withoutTables();
  await db.migrate(migrationsUpTo(Object.keys(APPLIED).findIndex((name) => name.endsWith('_grants.sql'))));
  const sealed = (context: string, accessToken: string, refreshToken: string | null = null) =>
    seal(JSON.stringify({ accessToken, refreshToken }), context);
  const ends = '2026-03-02T12:00:00Z';
  const server = 'https://one.test';
  await db.asSystem(async (tx) => {
    await tx.execute(
      sql`insert into users (id, email, name, password_hash, terms_accepted_at) values ('u', 'ada@example.com', 'Ada', '-', now())`,
    );
    for (const workspace of ['w', 'v'])
      await tx.execute(
        sql`insert into workspaces (id, name, time_zone, reporting_currency) values (${workspace}, 'W', 'UTC', 'USD')`,
      );
    const connect = (
      id: string,
      workspace: string,
      platform: string,
      values: { person?: string; credentials?: string; ends?: string; status?: string; server?: string },
    ) =>
      tx.execute(
        sql`insert into connections (id, workspace_id, platform, environment, server, status, remote_id, remote_name, scopes, granted_by,
            credentials, access_expires_at, refresh_expires_at, renew_tries, created_by)
          values (${id}, ${workspace}, ${platform}, 'sandbox', ${values.server ?? ''}, ${values.status ?? 'active'}, ${id}, 'N', '["post"]', ${values.person ?? null},
            ${values.credentials ?? null}, ${values.ends ?? null}, ${values.ends ?? null}, 3, 'u')`,
      );
    await connect('con_x', 'w', 'x', { credentials: sealed('connection:con_x', 'ax', 'rx'), ends, server });
    await connect('con_y', 'w', 'x', {
      credentials: sealed('connection:con_y', 'ay'),
      status: 'needs_reconnect',
    });
    await connect('con_gone', 'w', 'x', { status: 'disconnected' });
    for (const [id, workspace] of [
      ['con_p', 'w'],
      ['con_q', 'w'],
      ['con_r', 'v'],
    ] as const)
      await connect(id, workspace, 'facebook', {
        person: 'mira',
        credentials: sealed(`connection:${id}`, `own-${id}`),
      });
    await connect('con_s', 'w', 'facebook', {
      person: 'mira',
      credentials: sealed('connection:con_s', 'own-con_s'),
      server,
    });
    await connect('con_was', 'w', 'facebook', { person: 'mira', status: 'disconnected' });
    for (const [id, person] of [
      ['coc_a', 'mira'],
      ['coc_b', 'leo'],
    ] as const)
      await tx.execute(
        sql`insert into connection_choices (id, workspace_id, user_id, platform, environment, granted_by, accounts, scopes, credentials, expires_at)
          values (${id}, 'w', 'u', 'facebook', 'sandbox', ${person}, '[]', '["post"]', ${`sealed-${id}`}, ${ends})`,
      );
  });
  await db.migrate();
  const rows = await db.asSystem((tx) =>
    tx
      .select()
      .from(connections)
      .leftJoin(grants, eq(grants.id, connections.grantId))
      .orderBy(connections.id),
  );
  const opened = rows.map(({ connections: c, grants: g }) => {
    const found = ownCredentials(c) ?? (g && grantCredentials(g));
    return [c.id, g?.id ?? null, found && openTokens(found.context, found.sealed)];
  });
  const own = (accessToken: string, refreshToken: string | null = null) => ({ accessToken, refreshToken });
  expect(opened).toEqual([
    ['con_gone', null, null],
    ['con_p', 'gra_a', own('own-con_p')],
    ['con_q', 'gra_a', own('own-con_q')],
    ['con_r', 'gra_r', own('own-con_r')],
    ['con_s', 'gra_s', own('own-con_s')],
    ['con_was', null, null],
    ['con_x', 'gra_x', own('ax', 'rx')],
    ['con_y', 'gra_y', own('ay')],
  ]);
  expect(rows.find((row) => row.connections.id === 'con_x')?.grants).toMatchObject({
    workspaceId: 'w',
    platform: 'x',
    server,
    scopes: ['post'],
    sealedFor: 'connection:con_x',
    accessExpiresAt: new Date(ends),
    refreshExpiresAt: new Date(ends),
    renewTries: 3,
    createdBy: 'u',
  });
  expect(
    await db.asSystem((tx) => tx.select().from(connectionChoices).orderBy(connectionChoices.id)),
  ).toMatchObject([
    { id: 'coc_a', grantId: 'gra_a', credentials: 'sealed-coc_a' },
    { id: 'coc_b', grantId: 'gra_b', credentials: 'sealed-coc_b' },
  ]);
  // The next renewal seals them for the grant.
  const store = grantStore(
    { db, clock: new ManualClock(new Date(ends)), workspaceId: asWorkspaceId('w') },
    'gra_x',
  );
  const { sealed: before = '' } = (await store.read()) ?? {};
  const tokens = { ...own('new', 'newer'), accessExpiresAt: null, refreshExpiresAt: null, scopes: [] };
  await store.renewal?.save(before, tokens);
  const after = await store.read();
  expect(after?.context).toBe('grant:gra_x');
  expect(openTokens('grant:gra_x', after?.sealed ?? '')).toEqual(own('new', 'newer'));
  // Only the workspace's own grants are visible to its requests.
  const visible = await db.asWorkspace(asWorkspaceId('v'), (tx) => tx.select({ id: grants.id }).from(grants));
  expect(visible).toEqual([{ id: 'gra_r' }]);
});

test('a backup of the first version, from an embedded database, is restored by this version into this database', async () => {
  // backup/restore.test.ts restores into an embedded database, which takes longer than all of this.
  if (testDriver() === 'pglite') return;
  const settings = await emptyInstallation('restored');
  await restoreBackup({ file: FIRST, passphrase, settings });
  const db = await openDb(configuredDatabase(settings));
  closing.push(() => db.close());
  await db.migrate();
  await expectDemo(db);
});
