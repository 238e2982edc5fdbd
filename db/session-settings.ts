/**
 * The settings that decide how values are written and read between us and PostgreSQL, and what a statement may do. A server, a
 * database or a login can have others by default (postgresql.conf, ALTER DATABASE, ALTER ROLE): with DateStyle `German`, 2 March
 * is read as 3 February. Nothing relies on the defaults.
 *
 * Three ways, because a pooler (Neon's, PgBouncer) gives the session to others after each transaction and refuses most startup parameters:
 * - what every pooler keeps for its clients is asked for when a connection starts (`STARTUP`);
 * - every transaction sets all of them for itself, in the message that begins it (`beginning`);
 * - a statement outside of a transaction gets one of its own where the connection has other defaults (`FITS`, step-down.ts).
 */

/** As `current_setting` tells them. Statements of their own depend on these, too. */
const VALUES: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  standard_conforming_strings: 'on',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  xmlbinary: 'base64',
  xmloption: 'content',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  backslash_quote: 'safe_encoding',
  row_security: 'on',
  gin_fuzzy_search_limit: '0',
};

/**
 * For transactions only: a plain statement names its schemas, and takes as long as the server lets it. The limits of time are those of
 * query-limits.ts, which an identity sets (client.ts).
 */
const OF_TRANSACTIONS: Readonly<Record<string, string>> = {
  ...VALUES,
  search_path: 'pg_catalog, pg_temp',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

/** Startup parameters that PgBouncer and Neon's pooler take and keep for each client. They come before what the login's or the database's defaults say. */
export const STARTUP: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
};

const setAll = (values: Readonly<Record<string, string>>, local: boolean) =>
  `select ${Object.entries(values)
    .map(([name, value]) => `set_config('${name}', '${value}', ${local})`)
    .join(', ')}`;

const BEGIN = 'begin isolation level read committed, read write, not deferrable';
const SET = setAll(OF_TRANSACTIONS, true);

/** The message that begins a transaction; `text` as somebody asked for it, who may have asked for more than a plain `begin`. */
export const beginning = (text = 'begin'): string =>
  `${text.trim().toLowerCase() === 'begin' ? BEGIN : text}; ${SET}`;

/** Asks a connection, outside of a transaction, whether a plain statement finds these settings there: one row, `fits`. */
export const FITS = `select ${Object.entries({
  ...VALUES,
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
})
  .map(([name, value]) => `current_setting('${name}') = '${value}'`)
  .join(' and ')} as fits`;

/** For a session that nobody else gets, the embedded database's: set once. */
export const WHOLE_SESSION = `
  set session characteristics as transaction isolation level read committed, read write, not deferrable;
  ${setAll(OF_TRANSACTIONS, false)};`;

type ClientClass = new (options: never) => object;

/** A driver's class of clients, whose connections start with `STARTUP`. */
export function startsWithSettings<C extends ClientClass>(Base: C): C {
  // Not in the drivers' types, and the same in both: Neon's driver is made of pg's.
  const plain = (Base.prototype as { getStartupConf?: () => object }).getStartupConf;
  if (!plain) throw new Error('The database driver has no startup parameters');
  const Client = class extends (Base as ClientClass) {
    getStartupConf(): object {
      return { ...plain.call(this), ...STARTUP };
    }
  };
  return Client as unknown as C;
}

/** The same for all connections that a pool will make. */
export function poolStartsWithSettings(made: object): void {
  const pool = made as { Client: ClientClass };
  pool.Client = startsWithSettings(pool.Client);
}
