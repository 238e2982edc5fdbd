import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { storableText, truncateText } from '@/server/foundation/storable';

export interface About {
  runId: string;
  function: string;
  attempt: number;
  workspaceId: string | null;
  subject: string | null;
}
type Status = 'running' | 'completed' | 'failed';
interface StepEntry {
  name: string;
  attempt: number;
  ms: number;
  error?: string;
  at: string;
}
interface Entry extends About {
  status: Status;
  error: string | null;
  steps: StepEntry[];
  startedAt: string;
  endedAt: string | null;
}

interface Options {
  db: () => Promise<Db>;
  clock: Clock;
  onError: (error: unknown) => void;
  /** Longest time that a record waits, in milliseconds. */
  delayMs?: number;
}

const LIMIT = 200;

/** Removes characters that the database's JSON cannot hold, and shortens the text to a readable length. */
const clean = (text: string) => storableText(truncateText(text.replaceAll('\u0000', ''), 1000));

/** Buffers what happened to runs and stores it in groups, with one statement for many runs. */
export class RunBuffer {
  #entries = new Map<string, Entry>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  constructor(private readonly options: Options) {}

  seen(about: About): void {
    this.#entry(about);
  }
  step(about: About, step: { name: string; ms: number; error?: string }): void {
    const entry = this.#entry(about);
    entry.steps.push({
      ...step,
      ...(step.error === undefined ? {} : { error: clean(step.error) }),
      attempt: about.attempt,
      at: this.#now(),
    });
    if (step.error !== undefined) entry.error = clean(step.error);
  }
  failedOnce(about: About, error: string): void {
    this.#entry(about).error = clean(error);
  }
  ended(about: About, status: 'completed' | 'failed', error?: string): void {
    const entry = this.#entry(about);
    entry.status = status;
    entry.endedAt = this.#now();
    entry.error = error === undefined ? null : clean(error);
  }

  /** Stores the buffered records. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    if (entries.length > 0)
      this.#writing = this.#writing.then(() => this.#write(entries)).catch(this.options.onError);
    return this.#writing;
  }

  #now(): string {
    return this.options.clock.now().toISOString();
  }

  #entry(about: About): Entry {
    let entry = this.#entries.get(about.runId);
    if (!entry) {
      entry = { ...about, status: 'running', error: null, steps: [], startedAt: this.#now(), endedAt: null };
      this.#entries.set(about.runId, entry);
      if (this.#entries.size >= LIMIT) void this.flush();
      else this.#timer ??= setTimeout(() => void this.flush(), this.options.delayMs ?? 900).unref();
    }
    entry.attempt = Math.max(entry.attempt, about.attempt);
    return entry;
  }

  async #write(entries: Entry[]): Promise<void> {
    const db = await this.options.db();
    await db.asSystem(async (tx) => {
      await upsert(
        tx,
        'job_runs',
        entries.filter((e) => e.workspaceId !== null),
      );
      await upsert(
        tx,
        'system_runs',
        entries.filter((e) => e.workspaceId === null),
      );
    });
  }
}

async function upsert(tx: Tx, table: 'job_runs' | 'system_runs', entries: Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const ofWorkspace = table === 'job_runs';
  const name = sql.raw(table);
  const column = (read: (e: Entry) => string): SQL => sql`${sql.param(entries.map(read))}::text[]`;
  await tx.execute(sql`
    insert into ${name} as r (id, run_id, function, status, attempt, subject, error, steps, started_at, ended_at ${sql.raw(ofWorkspace ? ', workspace_id' : '')})
    select x.id, x.run, x.fn, x.status, x.attempt::int, nullif(x.subject, ''), nullif(x.error, ''), x.steps::jsonb, x.started::timestamptz,
      nullif(x.ended, '')::timestamptz ${sql.raw(ofWorkspace ? ', x.ws' : '')}
    from unnest(${column(() => newId('jobRun'))}, ${column((e) => e.runId)}, ${column((e) => e.function)}, ${column((e) => e.status)},
      ${column((e) => String(e.attempt))}, ${column((e) => e.subject ?? '')}, ${column((e) => e.error ?? '')},
      ${column((e) => JSON.stringify(e.steps))}, ${column((e) => e.startedAt)}, ${column((e) => e.endedAt ?? '')}, ${column((e) => e.workspaceId ?? '')})
      as x(id, run, fn, status, attempt, subject, error, steps, started, ended, ws)
    ${sql.raw(ofWorkspace ? 'where exists (select from workspaces w where w.id = x.ws)' : '')}
    on conflict (run_id) do update set
      status = case when r.status = 'running' then excluded.status else r.status end,
      attempt = greatest(r.attempt, excluded.attempt),
      error = case when excluded.status = 'completed' then null else coalesce(excluded.error, r.error) end,
      steps = r.steps || excluded.steps,
      ended_at = coalesce(excluded.ended_at, r.ended_at)`);
}
