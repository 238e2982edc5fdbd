import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PGlite, QueryOptions, Results } from '@electric-sql/pglite';
import { markDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import { DatabaseClosed, DatabaseTimeout, DEFAULT_LIMITS, type Limits } from './query-limits';
import { unreachable } from './unreachable';

type Message =
  | { kind: 'query'; text: string; params: unknown[]; rowMode?: 'array' | 'object'; plain?: string[] }
  | { kind: 'exec'; text: string }
  | { kind: 'close' };
type Answer = { id: number; result?: unknown; error?: { message: string } };
interface OpenOptions {
  dataDir: string;
  startParams: string[];
  /** SQL that each session runs first. */
  begin?: string;
  limits?: Limits;
}
/**
 * Time limits beyond that of a single statement: extra time to wait behind others, several statements (guards), closing, ending the thread,
 * opening.
 */
const TURN_EXTRA_MS = 5_000;
const EXEC_MS = 300_000;
const CLOSE_MS = 30_000;
const END_MS = 10_000;
const OPEN_MS = 60_000;
type Opened = { opened: true } | { opened: false; error: { message: string } };

/** The queries that are allowed inside a transaction. */
export interface EmbeddedTx {
  query<T>(text: string, params?: unknown[], options?: QueryOptions): Promise<Results<T>>;
}

/**
 * The embedded database in its own thread, with the part of PGlite's interface that Drizzle uses, so that the process keeps serving pages
 * and sending posts while the database is busy. There is a single connection, so transactions wait for each other here.
 *
 * If the thread ends unexpectedly (out of memory, an abort of the database), only its pending queries fail. The next query reopens the
 * folder, and PostgreSQL recovers as after a crash. The process does not exit, because a manually started process may have no supervisor to
 * restart it. A thread that does not respond in time is terminated.
 */
export class EmbeddedClient implements EmbeddedTx {
  private readonly pending = new Map<number, { resolve: (v: never) => void; reject: (e: Error) => void }>();
  private last: Promise<unknown> = Promise.resolve();
  private sent = 0;
  private thread: Worker | null = null;
  private closing: Promise<void> | null = null;
  private ending: Promise<unknown> = Promise.resolve();
  private readonly limits: Limits;

  private constructor(
    private readonly options: OpenOptions,
    private readonly onLost: (error: Error) => void,
  ) {
    this.limits = options.limits ?? DEFAULT_LIMITS;
  }

  /** Opens the database in an existing folder. Throws the database's own error. Calls `onLost` when a thread ends unexpectedly. */
  static async open(
    options: OpenOptions,
    onLost: (error: Error) => void = () => {},
  ): Promise<EmbeddedClient> {
    const client = new EmbeddedClient(options, onLost);
    await client.start();
    return client;
  }

  private async start(): Promise<void> {
    // Two threads must never open the same folder, just as two processes must not.
    await inTime(this.ending, END_MS, 'The thread of the embedded database does not end');
    const { limits, ...workerData } = this.options;
    const thread = new Worker(
      path.join(/* turbopackIgnore: true */ process.cwd(), 'db', 'embedded-thread.mjs'),
      {
        workerData,
        execArgv: [],
        env: { ...process.env, NODE_OPTIONS: '' },
        // Limits the heap for result rows in transit; the database's own memory does not count towards it.
        resourceLimits: { maxOldGenerationSizeMb: 192 },
      },
    );
    try {
      const opened = new Promise<void>((resolve, reject) => {
        const over = (error: Error) => {
          reject(error);
          this.lost(thread, error);
        };
        thread.on('message', (message: Answer | Opened) => {
          if (!('opened' in message)) this.answer(message);
          else if (message.opened) resolve();
          else reject(rebuilt(message.error));
        });
        thread.on('error', over);
        thread.once('exit', () => over(new DatabaseClosed('The embedded database has ended')));
      });
      await inTime(opened, OPEN_MS, 'The embedded database did not open');
    } catch (error) {
      this.ending = thread.terminate();
      await inTime(this.ending, END_MS, 'The thread of the embedded database does not end').catch(() => {});
      throw error;
    }
    this.thread = thread;
    thread.unref();
  }

  query<T>(text: string, params: unknown[] = [], options: QueryOptions = {}): Promise<Results<T>> {
    return this.alone(() => this.ask<Results<T>>(question(text, params, options)));
  }

  /** Runs several statements without parameters; returns no rows. */
  async exec(text: string): Promise<void> {
    await this.alone(() => this.ask({ kind: 'exec', text }, EXEC_MS));
  }

  /** Runs `work` between BEGIN and COMMIT, and rolls back if it throws. Nothing else runs in the meantime. */
  transaction<T>(work: (tx: EmbeddedTx) => Promise<T>): Promise<T> {
    return this.alone(async () => {
      let over = false;
      const ask = <R>(message: Message): Promise<R> => {
        if (over) throw new Error('This transaction has already ended');
        return this.ask<R>(message);
      };
      // The thread processes messages in order, so the next one can be sent without waiting for this response.
      const begun = this.ask({ kind: 'exec', text: 'begin' });
      begun.catch(() => {});
      try {
        const idle = new IdleLimit(this.limits.idleMs);
        const done = await idle.race(
          work({
            query: <R>(text: string, params: unknown[] = [], options: QueryOptions = {}) =>
              idle.during(() => ask<Results<R>>(question(text, params, options))),
          }),
        );
        await begun;
        over = true;
        const ended = await this.ask<string | null>({ kind: 'exec', text: 'commit' });
        // PostgreSQL returns this if a statement failed but the work continued.
        if (ended === 'ROLLBACK')
          throw new Error('The transaction was rolled back because one of its statements failed');
        return done;
      } catch (error) {
        over = true;
        await this.ask({ kind: 'exec', text: 'rollback' }).catch(() => {});
        throw error;
      }
    });
  }

  /** Waits for pending queries. Later ones are rejected. */
  close(): Promise<void> {
    this.closing ??= this.last.then(async () => {
      const { thread } = this;
      if (!thread) return;
      const gone = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      await this.ask({ kind: 'close' }, CLOSE_MS);
      thread.ref();
      await gone;
    });
    return this.closing;
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.closing) return Promise.reject(new DatabaseClosed('The embedded database is closed'));
    let late = false;
    const next = this.last.then(async () => {
      clearTimeout(timer);
      if (late) throw new Error('The caller has stopped waiting');
      if (!this.thread)
        await this.start().catch((error: unknown) => {
          throw unreachable(error);
        });
      return work();
    });
    this.last = next.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const turn = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        late = true;
        reject(new DatabaseTimeout('The embedded database is too busy'));
      }, this.limits.statementMs + TURN_EXTRA_MS);
    });
    return Promise.race([next, turn]);
  }

  private ask<T>(message: Message, limitMs = this.limits.statementMs): Promise<T> {
    const { thread } = this;
    // A transaction cannot outlive the thread on which it began.
    if (!thread) return Promise.reject(new DatabaseClosed('The embedded database has ended'));
    const id = ++this.sent;
    return new Promise<T>((resolve, reject) => {
      // Comes first, because it throws if the message cannot be sent to a thread.
      thread.postMessage({ id, ...message });
      const timer = setTimeout(() => {
        // If this process itself was blocked for a while, the response may have arrived without having been read yet.
        setImmediate(() => {
          if (this.pending.has(id)) this.cut(thread, limitMs);
        });
      }, limitMs);
      this.pending.set(id, {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      // A pending query keeps the process alive; an idle database does not.
      thread.ref();
    });
  }

  private answer({ id, result, error }: Answer): void {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.thread?.unref();
    if (error) waiting?.reject(rebuilt(error));
    else waiting?.resolve(result as never);
  }

  /** Terminates a thread that does not respond. */
  private cut(thread: Worker, limitMs: number): void {
    if (this.thread !== thread) return;
    this.ending = thread.terminate();
    this.lost(thread, new DatabaseTimeout(`The embedded database has not answered for ${limitMs / 1000} s`));
  }

  private lost(thread: Worker, error: Error): void {
    if (this.thread !== thread) return;
    this.thread = null;
    markDatabaseUnreachable(error);
    for (const waiting of this.pending.values()) waiting.reject(error);
    this.pending.clear();
    if (!this.closing) this.onLost(error);
  }
}

/**
 * Builds the message of a query. Parsers are functions and cannot be sent to the thread. Drizzle's return values unchanged, so it is enough
 * to send the types that the thread must leave unparsed.
 */
function question(text: string, params: unknown[], { rowMode, parsers }: QueryOptions): Message {
  return {
    kind: 'query',
    text,
    params,
    ...(rowMode ? { rowMode } : {}),
    ...(parsers ? { plain: Object.keys(parsers) } : {}),
  };
}

/** Fails a transaction whose work neither ends nor sends a query, because it would block all others forever. */
class IdleLimit {
  private timer: NodeJS.Timeout | undefined;
  private asked = 0;
  private readonly idle: Promise<never>;
  private fail: (error: Error) => void = () => {};

  constructor(private readonly ms: number) {
    this.idle = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.idle.catch(() => {});
    this.wind();
  }

  async race<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.idle]);
    } finally {
      clearTimeout(this.timer);
    }
  }

  async during<T>(ask: () => Promise<T>): Promise<T> {
    this.asked++;
    clearTimeout(this.timer);
    try {
      return await ask();
    } finally {
      if (--this.asked === 0) this.wind();
    }
  }

  private wind(): void {
    this.timer = setTimeout(
      () => this.fail(new DatabaseTimeout(`A transaction was idle for ${this.ms / 1000} s`)),
      this.ms,
    );
    this.timer.unref();
  }
}

async function inTime<T>(work: Promise<T>, ms: number, words: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DatabaseTimeout(words)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const rebuilt = (error: { message: string }): Error => Object.assign(new Error(error.message), error);

/** Casts the client for Drizzle, whose type requires all of PGlite but whose code calls only `query` and `transaction`. */
export const asPglite = (client: EmbeddedClient): PGlite => client as unknown as PGlite;
