import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { type DatabaseAddress, readDatabaseAddress } from '@/server/foundation/database-address';
import { type Env, env } from '@/server/foundation/env';
import type { WorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { makeFilesPrivate, restrictPermissions } from '@/server/foundation/private-files';
import { applyGuards } from './apply-guards';
import { asPglite, EmbeddedClient } from './embedded-client';
import { prepareFolder } from './embedded-folder';
import { lockFolder } from './folder-lock';
import { assertKnownDatabase } from './known-version';
import { BOOKKEEPING, EMBEDDED_SESSION, prepareLogin } from './login';
import { DEFAULT_LIMITS, type Limits, limitPool } from './query-limits';
import { markConnectErrors, markIfUnreachable, unreachable } from './unreachable';
import './quiet-errors';
import { connectWithRetry, type StartWait } from './connect-with-retry';
import * as schema from './schema';
import { beginning, poolStartsWithSettings, startsWithSettings } from './session-settings';
import { withStates } from './state-sql';
import { stepDown } from './step-down';
import { assertUsableServer } from './usable-server';

export type Schema = typeof schema;
/** A Drizzle handle inside a transaction that has assumed an identity. All queries go through it. */
export type Tx = Parameters<Parameters<PgDatabase<PgQueryResultHKT, Schema>['transaction']>[0]>[0];

/**
 * The open database. Every query needs an identity: `asWorkspace` sees one workspace's rows, `asSystem` is for gates, sweeps and webhooks.
 * Each runs one transaction. Never make network calls inside, and never nest one in the other: the embedded database has a single
 * connection and would deadlock.
 */
export interface Db {
  readonly kind: 'pglite' | 'pg' | 'neon';
  asWorkspace<T>(workspaceId: WorkspaceId, work: (tx: Tx) => Promise<T>): Promise<T>;
  asSystem<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The bare handle, as the login role: for migrations and for the schemas of the runner and the sandbox. Tenant rows are invisible to it.
   */
  readonly raw: PgDatabase<PgQueryResultHKT, Schema>;
  /**
   * Runs the driver's migrator, then applies the guards. With `create`, that runs instead of the migrator (a restore). Processes that do
   * this at the same time take turns.
   */
  migrate(folder?: string, create?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** PostgreSQL URL; if absent, the embedded database in `dataDir` is used. */
  url?: string | undefined;
  driver?: 'pg' | 'neon' | undefined;
  pool?: number;
  /** Folder of the embedded database; `memory://` keeps it in memory. */
  dataDir?: string;
  /** Dump to load into the embedded database (tests). */
  loadDataDir?: Blob;
  /** WebSocket proxy of a local PostgreSQL for Neon's driver, `host:port/path` (tests). */
  neonWsProxy?: string | undefined;
  limits?: Limits;
  /** How long a first connection waits for a server that is not up yet; by default it does not wait. */
  startWait?: StartWait;
  /** How long to wait for another process to release the embedded folder, in milliseconds. */
  folderWaitMs?: number;
}

/**
 * Opens a database. Throws an Error with a readable message if the address is invalid, and FolderInUse if another live process holds the
 * embedded folder.
 */
export async function openDb(options: OpenOptions): Promise<Db> {
  if (!options.url) return openPglite(options);
  const address = readDatabaseAddress(options.url);
  const neon = options.driver === 'neon' || (!options.driver && address.host.endsWith('.neon.tech'));
  return neon ? openNeon(options.url, address, options) : openPg(options.url, address, options);
}

/** There is only one connection on one machine, so the default 128 MB of buffers would merely duplicate the operating system's cache. */
const EMBEDDED_SETTINGS = ['shared_buffers=32MB', 'max_connections=5', 'max_wal_senders=0'];

async function openPglite(options: OpenOptions): Promise<Db> {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const [{ PGlite }, { drizzle }, { migrate }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('drizzle-orm/pglite'),
    import('drizzle-orm/pglite/migrator'),
  ]);
  const dataDir = options.dataDir ?? 'memory://';
  const startParams = [
    ...PGlite.defaultStartParams,
    ...EMBEDDED_SETTINGS.flatMap((setting) => ['-c', setting]),
  ];
  let unlock = () => {};
  let client: Pick<PGlite, 'query' | 'close'> & { exec(text: string): Promise<unknown> };
  if (dataDir.startsWith('memory://')) {
    const { loadDataDir } = options;
    const inProcess = await PGlite.create({ dataDir, startParams, ...(loadDataDir ? { loadDataDir } : {}) });
    await inProcess.exec(EMBEDDED_SESSION);
    client = inProcess;
  } else {
    mkdirSync(/* turbopackIgnore: true */ path.dirname(dataDir), { recursive: true });
    makeFilesPrivate();
    unlock = await lockFolder(dataDir, {
      waitMs: options.folderWaitMs ?? 0,
      onWait: (words) => log().warn(words),
      onLost: () => {
        log().fatal(
          'Another process has taken over the database folder; exiting before this one writes to it',
        );
        process.exit(1);
      },
    });
    try {
      await prepareFolder(dataDir);
      restrictPermissions(dataDir);
      client = asPglite(
        await EmbeddedClient.open({ dataDir, startParams, begin: EMBEDDED_SESSION, limits }, (err) =>
          log().error({ err }, 'the embedded database stopped; the next query reopens it'),
        ),
      );
    } catch (error) {
      unlock();
      throw error;
    }
  }
  const raw = drizzle(client as PGlite, { schema });
  return handle(
    'pglite',
    raw,
    async (folder, create) => {
      await assertKnownDatabase({ query: (text) => client.query(text) }, folder);
      if (create) await create();
      else await migrate(raw, { migrationsFolder: folder, migrationsSchema: BOOKKEEPING });
      await applyGuards(
        { query: (text) => client.query(text), exec: (text) => client.exec(text) },
        await guards(),
      );
    },
    async () => {
      // A thread that ends while closing has released the folder, too.
      try {
        await client.close();
      } finally {
        unlock();
      }
    },
    limits,
  );
}

async function openPg(url: string, address: DatabaseAddress, options: OpenOptions): Promise<Db> {
  const [pg, { drizzle }, { migrate }] = await Promise.all([
    import('pg'),
    import('drizzle-orm/node-postgres'),
    import('drizzle-orm/node-postgres/migrator'),
  ]);
  const pool = new pg.default.Pool({
    connectionString: url,
    max: options.pool ?? 10,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  return openServer('pg', url, address, options, {
    pool,
    Client: pg.default.Client,
    drizzle: () => drizzle(pool, { schema }),
    migrate,
  });
}

async function openNeon(url: string, address: DatabaseAddress, options: OpenOptions): Promise<Db> {
  const [{ Client, Pool, neonConfig }, { drizzle }, { migrate }, ws] = await Promise.all([
    import('@neondatabase/serverless'),
    import('drizzle-orm/neon-serverless'),
    import('drizzle-orm/neon-serverless/migrator'),
    import('ws'),
  ]);
  neonConfig.webSocketConstructor = ws.default;
  const proxy = options.neonWsProxy;
  if (proxy) {
    neonConfig.wsProxy = () => proxy;
    neonConfig.useSecureWebSocket = false;
    neonConfig.pipelineTLS = false;
    neonConfig.pipelineConnect = false;
  }
  const pool = new Pool({ connectionString: url, max: options.pool ?? 10 });
  return openServer('neon', url, address, options, {
    pool,
    Client,
    drizzle: () => drizzle(pool, { schema }),
    migrate,
  });
}

interface ServerDriver<Raw> {
  pool: Queries & { connect(): Promise<unknown>; end(): Promise<void> };
  Client: new (options: { connectionString: string; connectionTimeoutMillis: number }) => ServerClient;
  /** Drizzle over the pool. */
  drizzle: () => Raw;
  migrate: (raw: Raw, config: { migrationsFolder: string; migrationsSchema: string }) => Promise<void>;
}
interface ServerClient extends Queries {
  connect(): Promise<unknown>;
  end(): Promise<void>;
  on(event: 'error', on: () => void): unknown;
}

/** Opens the database of a PostgreSQL server through either driver. */
function openServer<Raw>(
  kind: 'pg' | 'neon',
  url: string,
  address: DatabaseAddress,
  options: OpenOptions,
  { pool, Client, drizzle, migrate }: ServerDriver<Raw>,
): Db {
  const limits = options.limits ?? DEFAULT_LIMITS;
  poolStartsWithSettings(pool);
  const unlimited = limitPool(pool, limits);
  const events = pool as unknown as {
    on(event: 'error' | 'connect', listener: (client: ServerClient) => void): unknown;
  };
  // A connection that breaks while idle is replaced on next use. Without a listener the process would exit.
  events.on('error', () => {});
  // The pool does not listen to a connection that is checked out. If it breaks between two statements of a transaction, its next statement
  // fails.
  events.on('connect', (client) => void client.on('error', () => {}));
  const GateClient = startsWithSettings(Client);
  markConnectErrors(stepDown(pool));
  const raw = drizzle();
  const connect = () =>
    connectWithRetry(
      () => new GateClient({ connectionString: url, connectionTimeoutMillis: limits.connectMs }),
      address,
      options.startWait ?? NO_WAIT,
    );
  return handle(
    kind,
    raw,
    (folder, create) =>
      unlimited(() =>
        migrateServer(
          connect,
          pool,
          folder,
          create ?? (() => migrate(raw, { migrationsFolder: folder, migrationsSchema: BOOKKEEPING })),
        ),
      ),
    () => pool.end(),
    limits,
  );
}

const NO_WAIT: StartWait = { waitMs: 0, onWait: () => {} };

interface Queries {
  query(text: string): Promise<{ rows: unknown[] }>;
}

/**
 * Creates the roles and tables and applies the guards. Processes that start at the same time take turns: `reach` opens a connection whose
 * transaction holds the lock. A session lock would not work behind a pooler (Neon's, PgBouncer), because it would stay with a session that
 * serves other clients by then.
 */
async function migrateServer(
  reach: () => Promise<Queries & { end(): Promise<void>; on(event: 'error', on: () => void): unknown }>,
  pool: Queries,
  folder: string,
  migrate: () => Promise<void>,
): Promise<void> {
  const gate = await reach();
  const locked = async (work: () => Promise<void>) => {
    await gate.query(beginning());
    await gate.query('set local idle_in_transaction_session_timeout = 0; set local statement_timeout = 0');
    await gate.query('select pg_advisory_xact_lock(727274)');
    await work();
    await gate.query('commit');
  };
  try {
    await assertUsableServer(gate);
    await locked(async () => {
      await assertKnownDatabase(gate, folder);
      await prepareLogin(gate);
    });
    await locked(async () => {
      // Repeated, because before `prepareLogin` the login may not have been able to see the schema.
      await assertKnownDatabase(pool, folder);
      await migrate();
      const client = { query: (text: string) => pool.query(text), exec: (text: string) => pool.query(text) };
      await applyGuards(client, await guards());
    });
  } finally {
    await gate.end();
  }
}

/**
 * Returns the SQL that is applied after every migration: roles, row-level security, triggers and functions, with the states of
 * `schema/states.ts` filled in.
 */
export async function guards(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const read = (name: string) =>
    readFile(path.join(/* turbopackIgnore: true */ process.cwd(), 'db', name), 'utf8');
  const files = await Promise.all(['guards.sql', 'functions.sql', 'parts.sql', 'media.sql'].map(read));
  return withStates(files.join('\n'));
}

/** Plain statements name tables without a schema. Set per transaction, because a pooler hands the session to other clients afterwards. */
const SEARCH_PATH = sql`set_config('search_path', 'tributary, pg_temp', true)`;

function handle(
  kind: Db['kind'],
  drizzleDb: unknown,
  migrate: (folder: string, create: (() => Promise<void>) | undefined) => Promise<void>,
  close: () => Promise<void>,
  { statementMs, idleMs }: Limits,
): Db {
  // The three drivers differ only in their raw result type, which is not used here.
  const raw = drizzleDb as PgDatabase<PgQueryResultHKT, Schema>;
  // Errors that the work throws were already checked where each query runs (quiet-errors.ts), and may come from unrelated sockets. All
  // other errors come from the driver.
  const transaction: typeof raw.transaction = async (work) => {
    const thrown: { error?: unknown } = {};
    try {
      return await raw.transaction((tx) =>
        work(tx).catch((error: unknown) => {
          thrown.error = error;
          throw error;
        }),
      );
    } catch (error) {
      throw 'error' in thrown && thrown.error === error ? error : markIfUnreachable(error);
    }
  };
  // Set per transaction rather than per session, because a pooler hands the session to other clients afterwards.
  const bounded = sql`set_config('statement_timeout', ${String(statementMs)}, true), set_config('idle_in_transaction_session_timeout', ${String(idleMs)}, true)`;
  return {
    kind,
    raw,
    asWorkspace: (workspaceId, work) =>
      transaction(async (tx) => {
        await tx.execute(
          sql`select set_config('role', 'tributary_app', true), ${SEARCH_PATH}, ${bounded}, set_config('app.workspace_id', ${workspaceId}, true)`,
        );
        return work(tx);
      }),
    asSystem: (work) =>
      transaction(async (tx) => {
        await tx.execute(
          sql`select set_config('role', 'tributary_system', true), ${SEARCH_PATH}, ${bounded}`,
        );
        return work(tx);
      }),
    async migrate(folder = MIGRATIONS, create) {
      await migrate(folder, create);
    },
    close,
  };
}

/** The folder of this version's migrations. */
export const MIGRATIONS = path.join(/* turbopackIgnore: true */ process.cwd(), 'db', 'migrations');

const shared = globalThis as typeof globalThis & { __tributaryDb?: Promise<Db> };

/** Returns the options with which an installation's settings open its database. */
export function configuredDatabase(e: Env = env()): OpenOptions & { dataDir: string } {
  return {
    url: e.DATABASE_URL,
    driver: e.DATABASE_DRIVER,
    pool: e.DATABASE_POOL,
    dataDir: path.join(/* turbopackIgnore: true */ e.dataDir, 'pglite'),
    neonWsProxy: e.NEON_WS_PROXY,
    limits: {
      connectMs: e.DATABASE_CONNECT_TIMEOUT * 1000,
      statementMs: e.DATABASE_STATEMENT_TIMEOUT * 1000,
      idleMs: e.DATABASE_IDLE_TIMEOUT * 1000,
    },
    startWait: { waitMs: e.DATABASE_START_WAIT * 1000, onWait: (words) => log().warn(words) },
    folderWaitMs: e.DATABASE_FOLDER_WAIT * 1000,
  };
}

/** Returns this process's database, opened once (across bundles, too) according to the settings. */
export function getDb(): Promise<Db> {
  // A build would create a database in the data folder, and the first start would find it there without its keys.
  if (process.env.NEXT_PHASE === 'phase-production-build')
    throw new Error('A build must not open the database: pages that read it must be dynamic');
  shared.__tributaryDb ??= (async () => {
    const { dataDir, DATABASE_URL } = env();
    if (!DATABASE_URL && !existsSync(dataDir)) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return openDb(configuredDatabase()).catch((error: unknown) => {
      throw unreachable(error);
    });
  })().catch((error) => {
    delete shared.__tributaryDb;
    throw error;
  });
  return shared.__tributaryDb;
}

/** For tests: makes `db` the process's database. */
export function setDb(db: Db | undefined): void {
  if (db) shared.__tributaryDb = Promise.resolve(db);
  else delete shared.__tributaryDb;
}
