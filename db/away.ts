import { logBounded } from '@/server/foundation/bounded-log';
import { causesOf } from '@/server/foundation/causes';
import { isDatabaseAway, markDatabaseAway } from '@/server/foundation/database-away';
import { cleanText } from '@/server/foundation/error-text';
import { noteDatabaseAway } from '@/server/foundation/request-outage';

/**
 * SQLSTATEs of a server that cannot serve now, by their first characters: no connection (08), no resources (53: connections, memory,
 * disk), ended or starting (57P), a fault of its machine (58), only reading (25006, a standby), a session that it ended (25P03), and a
 * statement that took too long (57014). https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SQLSTATES = /^(08|53|57P0[1-5]|57014|58|25006|25P03)/;
/** What Node says of sockets and names. Only of errors of a query or of a driver, where no other socket is asked. */
const SOCKET =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL)$/;
/** What drivers say without a code (node-postgres, Neon's, PGlite). */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (was closed|has encountered a connection error)|Cannot use a pool after calling end|Query read timeout|PGlite is clos(ed|ing))|WebSocket (was closed|is not open)/i;

function saysAway(error: object): boolean {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name === 'DatabaseSilent' || name === 'DatabaseEnded') return true;
  if (typeof code === 'string' && code !== '') return SQLSTATES.test(code) || SOCKET.test(code);
  return typeof message === 'string' && WORDS.test(message);
}

/** Errors that were logged. */
const logged = new WeakSet<Error>();

/**
 * A statement that took too long, or that nobody answered: the database may be away, or a query of ours is slow. The statement is
 * written down without its values, and where it was asked.
 */
function logSlow(error: Error, chain: object[]): boolean {
  const slow = chain.find((one) => (one as { code?: unknown }).code === '57014');
  const silent = chain.some((one) => (one as Error).name === 'DatabaseSilent');
  if (!slow && !silent) return false;
  const query = chain.map((one) => (one as { query?: unknown }).query).find((one) => typeof one === 'string');
  if (typeof query !== 'string' || logged.has(error)) return slow !== undefined;
  logged.add(error);
  const statement = cleanText(`Failed query: ${query}`).slice('Failed query: '.length);
  // Of a database that is silent one statement says as much as all.
  const kind = slow ? statement.slice(0, 500) : 'not answered';
  logBounded('error', { err: error, statement }, 'a statement was not done in time', { kind });
  return slow !== undefined;
}

/** Marks the error of a query, and tells whoever answers the request, when it means that the database is away. Answers the error. */
export function noticeAway<T>(error: T): T {
  if (!(error instanceof Error)) return error;
  const chain = causesOf(error);
  const slow = logSlow(error, chain);
  if (isDatabaseAway(error)) {
    noteDatabaseAway();
    return error;
  }
  const away = chain.some((one) => {
    // Several addresses of one name were tried.
    const { errors } = one as { errors?: unknown };
    return [one, ...(Array.isArray(errors) ? errors : [])].some((each) => saysAway(each));
  });
  if (!away) return error;
  markDatabaseAway(error);
  // Of a slow statement the log has its own line.
  noteDatabaseAway(slow ? undefined : error);
  return error;
}

/** Whatever kept a connection from being made: the database is away. Drivers over a WebSocket throw events, which are no errors. */
export function unreachable(error: unknown): Error {
  const made =
    error instanceof Error
      ? error
      : new Error('No connection to the database could be made', {
          cause: (error as { error?: unknown } | null)?.error,
        });
  noteDatabaseAway(markDatabaseAway(made));
  return made;
}

/** Marks what a pool throws when it can give no connection. */
export function noticeConnects<P extends { connect(): Promise<unknown> }>(pool: P): P {
  const connect = pool.connect.bind(pool) as (callback?: unknown) => Promise<unknown>;
  return Object.assign(pool, {
    // With a callback the pool asks itself, for a query: that one's error is looked at where all queries pass.
    connect: (callback?: unknown) =>
      callback
        ? connect(callback)
        : connect().catch((error: unknown) => {
            throw unreachable(error);
          }),
  });
}
