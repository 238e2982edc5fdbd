import { logBounded } from '@/server/foundation/bounded-log';
import { causesOf } from '@/server/foundation/causes';
import { isDatabaseUnreachable, markDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import { cleanText } from '@/server/foundation/error-text';
import { noteDatabaseUnreachable } from '@/server/foundation/request-outage';
import { truncateText } from '@/server/foundation/storable';

/**
 * SQLSTATE prefixes of a server that cannot serve requests at the moment: connection failure (08), insufficient resources (53: connections,
 * memory, disk), shut down or starting (57P), system error (58), read-only (25006, a standby), session ended by the server (25P03),
 * statement timeout (57014). https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SQLSTATES = /^(08|53|57P0[1-5]|57014|58|25006|25P03)/;
/** Node's error codes for sockets and name resolution. Checked only for errors from a query or the driver, which use no other sockets. */
const SOCKET =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL)$/;
/** Messages of driver errors that have no code (node-postgres, Neon's, PGlite). */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (was closed|has encountered a connection error)|Cannot use a pool after calling end|Query read timeout|PGlite is clos(ed|ing))|WebSocket (was closed|is not open)/i;

function indicatesUnreachable(error: object): boolean {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name === 'DatabaseTimeout' || name === 'DatabaseClosed') return true;
  if (typeof code === 'string' && code !== '') return SQLSTATES.test(code) || SOCKET.test(code);
  return typeof message === 'string' && WORDS.test(message);
}

/** Errors that were already logged. */
const logged = new WeakSet<Error>();

/**
 * Logs a statement that timed out or was never answered: either the database is unreachable or one of our queries is slow. The entry
 * contains the call site and the statement without its values. Returns whether the server reported a timeout.
 */
function logSlow(error: Error, chain: object[]): boolean {
  const slow = chain.find((one) => (one as { code?: unknown }).code === '57014');
  const silent = chain.some((one) => (one as Error).name === 'DatabaseTimeout');
  if (!slow && !silent) return false;
  const query = chain.map((one) => (one as { query?: unknown }).query).find((one) => typeof one === 'string');
  if (typeof query !== 'string' || logged.has(error)) return slow !== undefined;
  logged.add(error);
  const statement = cleanText(`Failed query: ${query}`).slice('Failed query: '.length);
  // When the database does not respond, one statement in the log is enough.
  const kind = slow ? truncateText(statement, 500) : 'not answered';
  logBounded('error', { err: error, statement }, 'a statement timed out', { kind });
  return slow !== undefined;
}

/** Marks a query error that means the database is unreachable, and records it for the current request. Returns the error. */
export function markIfUnreachable<T>(error: T): T {
  if (!(error instanceof Error)) return error;
  const chain = causesOf(error);
  const slow = logSlow(error, chain);
  if (isDatabaseUnreachable(error)) {
    noteDatabaseUnreachable();
    return error;
  }
  const away = chain.some((one) => {
    // Several addresses of one host name were tried.
    const { errors } = one as { errors?: unknown };
    return [one, ...(Array.isArray(errors) ? errors : [])].some((each) => indicatesUnreachable(each));
  });
  if (!away) return error;
  markDatabaseUnreachable(error);
  // A slow statement already has its own log entry.
  noteDatabaseUnreachable(slow ? undefined : error);
  return error;
}

/** Turns any failure to connect into an error marked as "database unreachable". WebSocket drivers throw events instead of errors. */
export function unreachable(error: unknown): Error {
  const made =
    error instanceof Error
      ? error
      : new Error('Could not connect to the database', {
          cause: (error as { error?: unknown } | null)?.error,
        });
  noteDatabaseUnreachable(markDatabaseUnreachable(made));
  return made;
}

/** Marks the errors that a pool throws when it cannot provide a connection. */
export function markConnectErrors<P extends { connect(): Promise<unknown> }>(pool: P): P {
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<unknown>;
  return Object.assign(pool, {
    // With a callback, the pool itself requests the connection for a query. That query's error is handled like that of any other query (quiet-errors.ts).
    connect: (callback?: unknown) =>
      callback
        ? connect(callback)
        : connect().catch((error: unknown) => {
            throw unreachable(error);
          }),
  });
}
