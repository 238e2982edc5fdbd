import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PGlite, QueryOptions, Results } from '@electric-sql/pglite';

type Message =
  | { kind: 'query'; text: string; params: unknown[]; rowMode?: 'array' | 'object'; plain?: string[] }
  | { kind: 'exec'; text: string }
  | { kind: 'close' };
type Answer = { id: number; result?: unknown; error?: { message: string } };
type Opened = { opened: true } | { opened: false; error: { message: string } };

/** What may be asked inside a transaction. */
export interface EmbeddedTx {
  query<T>(text: string, params?: unknown[], options?: QueryOptions): Promise<Results<T>>;
}

/**
 * The embedded database in a thread of its own, with the part of PGlite's interface that Drizzle uses: while it works, this
 * process goes on serving pages and sending posts. It has one connection, so transactions wait for each other here.
 */
export class EmbeddedClient implements EmbeddedTx {
  private readonly pending = new Map<number, { resolve: (v: never) => void; reject: (e: Error) => void }>();
  private last: Promise<unknown> = Promise.resolve();
  private sent = 0;
  private ended: Error | null = null;

  private constructor(private readonly thread: Worker) {}

  /** Opens the database of a folder that is there. Throws what the database says. */
  static async open(options: { dataDir: string; startParams: string[] }): Promise<EmbeddedClient> {
    const thread = new Worker(
      path.join(/* turbopackIgnore: true */ process.cwd(), 'db', 'embedded-thread.mjs'),
      {
        workerData: options,
        execArgv: [],
        env: { ...process.env, NODE_OPTIONS: '' },
        // Rows on their way out; the database's own memory is not counted here.
        resourceLimits: { maxOldGenerationSizeMb: 192 },
      },
    );
    const client = new EmbeddedClient(thread);
    await new Promise<void>((resolve, reject) => {
      thread.on('message', (message: Answer | Opened) => {
        if (!('opened' in message)) client.answer(message);
        else if (message.opened) resolve();
        else reject(rebuilt(message.error));
      });
      thread.once('error', (error) => client.end(error));
      thread.once('exit', () => client.end(new Error('The embedded database has ended')));
      client.onEnd = reject;
    });
    client.onEnd = () => {};
    thread.unref();
    return client;
  }

  query<T>(text: string, params: unknown[] = [], options: QueryOptions = {}): Promise<Results<T>> {
    return this.alone(() => this.ask<Results<T>>(question(text, params, options)));
  }

  /** Several statements, without parameters and without rows. */
  async exec(text: string): Promise<void> {
    await this.alone(() => this.ask({ kind: 'exec', text }));
  }

  /** Runs `work` between BEGIN and COMMIT; what it throws rolls back. Nothing else runs meanwhile. */
  transaction<T>(work: (tx: EmbeddedTx) => Promise<T>): Promise<T> {
    return this.alone(async () => {
      let over = false;
      const ask = <R>(message: Message): Promise<R> => {
        if (over) throw new Error('This transaction is over');
        return this.ask<R>(message);
      };
      // The thread answers in order: there is no need to wait for this one's answer before the next is asked.
      const begun = this.ask({ kind: 'exec', text: 'begin' });
      begun.catch(() => {});
      try {
        const done = await work({
          query: <R>(text: string, params: unknown[] = [], options: QueryOptions = {}) =>
            ask<Results<R>>(question(text, params, options)),
        });
        await begun;
        over = true;
        const ended = await this.ask<string | null>({ kind: 'exec', text: 'commit' });
        // PostgreSQL answers so when a statement of it failed and the work went on.
        if (ended === 'ROLLBACK')
          throw new Error('The transaction was rolled back: a statement of it failed');
        return done;
      } catch (error) {
        over = true;
        await this.ask({ kind: 'exec', text: 'rollback' }).catch(() => {});
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise<void>((resolve) => this.thread.once('exit', () => resolve()));
    await this.alone(() => this.ask({ kind: 'close' }));
    this.thread.ref();
    await gone;
  }

  private onEnd: (error: Error) => void = () => {};

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => {});
    return next;
  }

  private ask<T>(message: Message): Promise<T> {
    if (this.ended) return Promise.reject(this.ended);
    const id = ++this.sent;
    // What is asked keeps the process alive; a database that nobody asks does not.
    this.thread.ref();
    return new Promise<T>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      try {
        this.thread.postMessage({ id, ...message });
      } catch (error) {
        this.pending.delete(id);
        reject(error);
      }
    });
  }

  private answer({ id, result, error }: Answer): void {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.thread.unref();
    if (error) waiting?.reject(rebuilt(error));
    else waiting?.resolve(result as never);
  }

  private end(error: Error): void {
    this.ended ??= error;
    this.onEnd(error);
    for (const waiting of this.pending.values()) waiting.reject(error);
    this.pending.clear();
  }
}

/** Parsers are functions and stay here: Drizzle's leave a value as it is, and only that can be asked of the thread. */
function question(text: string, params: unknown[], { rowMode, parsers }: QueryOptions): Message {
  return {
    kind: 'query',
    text,
    params,
    ...(rowMode ? { rowMode } : {}),
    ...(parsers ? { plain: Object.keys(parsers) } : {}),
  };
}

const rebuilt = (error: { message: string }): Error => Object.assign(new Error(error.message), error);

/** For Drizzle, whose type names all of PGlite and whose code calls `query` and `transaction`. */
export const asPglite = (client: EmbeddedClient): PGlite => client as unknown as PGlite;
