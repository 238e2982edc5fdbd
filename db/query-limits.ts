/** How long a database may take, in milliseconds. */
export interface Limits {
  /** Until a connection is there. */
  connectMs: number;
  /** For one statement. The server ends it after that; should nothing come from the server either, we do, a little later. */
  statementMs: number;
  /** That a transaction may stand idle. */
  idleMs: number;
}

export const DEFAULT_LIMITS: Limits = { connectMs: 5_000, statementMs: 10_000, idleMs: 60_000 };

/** What the server's own word gets to arrive before the connection counts as dead. */
const GRACE_MS = 2_000;

/** The database did not answer in time. */
export class DatabaseSilent extends Error {
  override name = 'DatabaseSilent';
}

/** The database has ended, or was closed. */
export class DatabaseEnded extends Error {
  override name = 'DatabaseEnded';
}

type Done = (error?: Error | null, ...rest: unknown[]) => void;
// The parts of a driver's client that are used here; Neon's driver is made of pg's.
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
 * Bounds a pool: connections that are not made in time, and the wait for one that others use, which is as long as a statement may take. A
 * connection on which a statement stays unanswered is cut: everything that waits on it fails and the pool makes another. pg's own
 * `query_timeout` fails the statement alone and gives the connection, still waiting, to the next.
 *
 * Answers how to run work whose statements may take as long as they need: migrations, before anybody else asks anything.
 */
export function limitPool(
  made: object,
  { connectMs, statementMs }: Limits,
): <T>(work: () => Promise<T>) => Promise<T> {
  let lifted = 0;
  // Neither driver's types tell of its class of clients.
  const pool = made as Pool;
  // The pool has one time for both.
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
        // After this process itself was busy for long, the answer may be there and not read yet.
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
  connection?.emit('error', new DatabaseSilent(`The database has not answered for ${statementMs / 1000} s`));
  // A WebSocket would wait for the other side to say goodbye.
  connection?.stream?.ws?.terminate?.();
  connection?.stream?.destroy();
}
