/**
 * The settings that determine how values are exchanged with PostgreSQL, and what a statement may do. A server, a database or a login may
 * have other defaults (postgresql.conf, ALTER DATABASE, ALTER ROLE): with DateStyle `German`, 2 March is read as 3 February. Nothing relies
 * on the defaults.
 *
 * They are set in three ways, because a pooler (Neon's, PgBouncer) hands the session to other clients after each transaction and refuses
 * most startup parameters:
 * - settings that every pooler keeps per client are requested when a connection starts (`STARTUP`);
 * - every transaction sets all of them for itself, in the message that begins it (`beginning`);
 * - a statement outside a transaction is wrapped in one if the connection has other defaults (`FITS`, step-down.ts).
 */

/** Values as `current_setting` reports them. Statements outside a transaction depend on these, too. */
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
 * For transactions only: a plain statement names its schemas, and may take as long as the server allows. Time limits come from
 * query-limits.ts and are set with the identity (client.ts).
 */
const OF_TRANSACTIONS: Readonly<Record<string, string>> = {
  ...VALUES,
  search_path: 'pg_catalog, pg_temp',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};

/**
 * Startup parameters that PgBouncer and Neon's pooler accept and keep per client. They override the defaults of the login and the database.
 */
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

/** Builds the message that begins a transaction. `text` is the caller's own statement, which may be more than a plain `begin`. */
export const beginning = (text = 'begin'): string =>
  `${text.trim().toLowerCase() === 'begin' ? BEGIN : text}; ${SET}`;

/** Query that checks, outside a transaction, whether a connection already has these settings. Returns one row, `fits`. */
export const FITS = `select ${Object.entries({
  ...VALUES,
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
})
  .map(([name, value]) => `current_setting('${name}') = '${value}'`)
  .join(' and ')} as fits`;

/** Sets everything once, for a session that no other client gets: the embedded database's. */
export const WHOLE_SESSION = `
  set session characteristics as transaction isolation level read committed, read write, not deferrable;
  ${setAll(OF_TRANSACTIONS, false)};`;

type ClientClass = new (options: never) => object;

/** Returns the driver's client class with connections that start with `STARTUP`. */
export function startsWithSettings<C extends ClientClass>(Base: C): C {
  // Missing from the drivers' types but the same in both: Neon's driver is based on pg's.
  const plain = (Base.prototype as { getStartupConf?: () => object }).getStartupConf;
  if (!plain) throw new Error('The database driver has no startup parameters');
  const Client = class extends (Base as ClientClass) {
    getStartupConf(): object {
      return { ...plain.call(this), ...STARTUP };
    }
  };
  return Client as unknown as C;
}

/** Does the same for all connections that a pool will open. */
export function poolStartsWithSettings(made: object): void {
  const pool = made as { Client: ClientClass };
  pool.Client = startsWithSettings(pool.Client);
}
