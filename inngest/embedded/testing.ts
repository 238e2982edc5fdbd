import { sql } from 'drizzle-orm';
import { Inngest, type InngestFunction, type Middleware } from 'inngest';
import { serve } from 'inngest/edge';
import type { Db } from '@/db/client';
import { ManualClock } from '@/server/foundation/clock';
import { embeddedFetch } from './intake';
import type { Handler } from './protocol';
import { EmbeddedRunner, type RunnerOptions } from './runner';
import { rows } from './store/base';

const SIGNING_KEY = `signkey-test-${'5a'.repeat(32)}`;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** A small app with its own client, functions and clock on one database, for tests of the runner. */
export class TestApp {
  readonly clock: ManualClock;
  readonly inngest: Inngest.Any;
  readonly functions: InngestFunction.Any[] = [];
  #handler: Handler | undefined;

  constructor(
    readonly db: Db,
    start = '2026-03-04T10:00:30.000Z',
    middleware: Middleware.Class[] = [],
  ) {
    this.clock = new ManualClock(start);
    this.inngest = new Inngest({
      id: 'test',
      isDev: false,
      eventKey: 'embedded',
      signingKey: SIGNING_KEY,
      checkpointing: false,
      aiMetadata: false,
      logger: quiet,
      middleware,
      fetch: embeddedFetch(async () => db, this.clock),
    });
  }

  readonly handler: Handler = (request) => {
    this.#handler ??= serve({ client: this.inngest, functions: this.functions, enableUnauthedSync: false });
    return this.#handler(request);
  };

  /** Defines a function of the app. */
  define(...args: Parameters<Inngest.Any['createFunction']>): void {
    this.functions.push(this.inngest.createFunction(...args));
  }

  runner(options: Partial<RunnerOptions> = {}): Promise<EmbeddedRunner> {
    return EmbeddedRunner.create({
      db: this.db,
      handler: this.handler,
      signingKey: SIGNING_KEY,
      clock: this.clock,
      random: () => 0,
      ...options,
    });
  }

  async runs(): Promise<{ functionId: string; status: string; output: unknown }[]> {
    const found = await rows<{ functionId: string; status: string; output: string | null }>(
      this.db.raw,
      sql`select function_id as "functionId", status, output from tributary_runner.runs order by started_at, function_id`,
    );
    return found.map((r) => ({ ...r, output: r.output === null ? null : JSON.parse(r.output) }));
  }

  /** Empties the runner's tables. */
  async reset(): Promise<void> {
    await this.db.raw.execute(
      sql`truncate tributary_runner.events, tributary_runner.runs, tributary_runner.jobs, tributary_runner.memos, tributary_runner.cron_slots`,
    );
  }
}
