/** Time limits of database operations, in milliseconds. */
export interface Limits {
  /** For opening a connection. */
  connectMs: number;
  /** For one statement. The server cancels it after that; if the server does not respond either, the connection is cut a little later. */
  statementMs: number;
  /** For an idle transaction. */
  idleMs: number;
}

export const DEFAULT_LIMITS: Limits = { connectMs: 5_000, statementMs: 10_000, idleMs: 60_000 };

/** Time that the server's own error may take to arrive before the connection counts as dead, in milliseconds. */
const GRACE_MS = 2_000;

/** The database did not respond in time. */
export class DatabaseTimeout extends Error {
  override name = 'DatabaseTimeout';
}

/** The database has ended or was closed. */
export class DatabaseClosed extends Error {
  override name = 'DatabaseClosed';
}

type Done = (error?: Error | null, ...rest: unknown[]) => void;
// The parts of a driver's client that are used here; Neon's driver is based on pg's.
interface Client {
  query(...args: unknown[]): unknown;
  connection?: {
    emit(event: 'error', error: Error): unknown;
    stream?: { destroy(): unknown; ws?: { terminate?(): void } | null };
  };
}
interface Pool {
  options: { connectionTimeoutMillis?: number | undefined };
  Client: new (options: never) => object;
  on(event: 'connect', listener: (client: never) => void): unknown;
}

/**
 * Limits a pool's waiting times: for opening a connection, and for getting one that is in use, which may take as long as a statement. A
 * connection with an unanswered statement is cut: everything pending on it fails, and the pool opens another. pg's own `query_timeout`
 * fails only the statement and hands the connection, which is still waiting, to the next caller.
 *
 * Returns a function that runs work without limits on its statements, for migrations, before any other query runs.
 */
export function limitPool(
  made: object,
  { connectMs, statementMs }: Limits,
): <T>(work: () => Promise<T>) => Promise<T> {
  let lifted = 0;
  // Neither driver's types include the pool's client class.
  const pool = made as Pool;
  // The pool has a single timeout for both.
  pool.options.connectionTimeoutMillis = Math.max(connectMs, statementMs);
  const { Client: Base } = pool;
  pool.Client = class extends Base {
    constructor(options: object) {
      super({ ...options, connectionTimeoutMillis: connectMs } as never);
    }
  };
  pool.on('connect', (client: Client) => {
    const query = client.query.bind(client);
    client.query = (...args) => {
      if (lifted > 0) return query(...args);
      let answered = false;
      const timer = setTimeout(() => {
        // If this process itself was blocked for a while, the response may have arrived without having been read yet.
        setImmediate(() => {
          if (!answered) cut(client, statementMs);
        });
      }, statementMs + GRACE_MS);
      const over = () => {
        answered = true;
        clearTimeout(timer);
      };
      const last = args.at(-1);
      if (typeof last === 'function') {
        const done: Done = (...answer) => {
          over();
          (last as Done)(...answer);
        };
        return query(...args.slice(0, -1), done);
      }
      const answer = query(...args);
      if (answer instanceof Promise) answer.then(over, over);
      else over();
      return answer;
    };
  });
  return async (work) => {
    lifted++;
    try {
      return await work();
    } finally {
      lifted--;
    }
  };
}

function cut(client: Client, statementMs: number): void {
  const { connection } = client;
  connection?.emit('error', new DatabaseTimeout(`The database has not answered for ${statementMs / 1000} s`));
  // A WebSocket would otherwise wait for the peer's close frame.
  connection?.stream?.ws?.terminate?.();
  connection?.stream?.destroy();
}
