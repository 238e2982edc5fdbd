import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { type Clock, latestStored, systemClock } from '@/server/foundation/clock';
import { randomToken } from '@/server/foundation/crypto';
import { log } from '@/server/foundation/log';
import type { Db } from './client';

/**
 * Leases: a worker writes a token and an expiry into the row it works on. This process extends the expiry while the work continues; if the
 * process ends, the row becomes free a few seconds later. The token is the fence: a result is written only if the row still has the token
 * (compare-and-set), so a process that resumes after it was suspended or cut off from the database changes nothing.
 *
 * Times are those of the process's clock, which follows the database's (database-clock.ts). A lease that ends later than it could have been
 * taken was written while the clock was ahead, and counts as over.
 */

/** Duration of a lease without renewal, in milliseconds, unless its kind specifies another. */
export const LEASE_MS = 15_000;
/** Age at which a lease is renewed (a third of its duration), in milliseconds. */
export const RENEW_AFTER_MS = LEASE_MS / 3;
/** Interval at which this process checks its leases, in milliseconds. A failed renewal has two more chances. */
const CHECK_INTERVAL_MS = RENEW_AFTER_MS / 2;
/**
 * How long to wait for a renewal, in milliseconds, because a statement may hang for longer than a lease lasts. After that the leases count
 * as not renewed, and the next check tries again over another connection. A later response still counts.
 */
export const RENEWAL_MS = CHECK_INTERVAL_MS;
/**
 * Remaining time that a lease must have before an action with an effect may begin, in milliseconds. Exceeds the clock difference between
 * two processes plus the time between the check and the effect.
 */
export const LEASE_MARGIN_MS = 3_000;

/** Maximum number of hanging renewals, each of which occupies a connection that other work needs. */
const MAX_HUNG = 3;

/**
 * A kind of leased row: the columns of one table that store the lease. `id` and `token` identify a lease. Every statement that takes,
 * releases or checks one is built from `isFree`, `takes`, `frees` and `isOurPost`.
 */
export interface LeaseKind {
  readonly name: string;
  readonly id: AnyPgColumn;
  readonly token: AnyPgColumn;
  readonly until: AnyPgColumn;
  /** The end of the lease is also the time at which work falls due: a row without it must not be taken. */
  readonly due?: true;
  /** Duration without renewal, in milliseconds. Defaults to `LEASE_MS`. */
  readonly ms?: number;
  /** Longest time for which `until` is written into the future, in milliseconds, if longer than the duration. */
  readonly longest?: number;
  /** Further condition on the row `t` for its work to continue. */
  readonly when?: SQL;
}

export const newLeaseToken = (): string => randomToken(12);
/** Returns the end of a lease that is taken or renewed at `now`. */
export const leaseEnd = (now: Date, ms = LEASE_MS): Date => new Date(now.getTime() + ms);
const lengthOf = (kind: LeaseKind): number => kind.ms ?? LEASE_MS;
const longestOf = (kind: LeaseKind): number => Math.max(lengthOf(kind), kind.longest ?? 0);
/** Returns the latest end that a lease of this kind may have at `now`. */
export const latestEnd = (kind: LeaseKind, now: Date): Date => latestStored(now, longestOf(kind));

/** Returns a new lease of this kind, to be written to a free row. */
export const newLease = (kind: LeaseKind, now: Date): { token: string; until: Date } => ({
  token: newLeaseToken(),
  until: leaseEnd(now, lengthOf(kind)),
});

const bare = (column: AnyPgColumn): SQL => sql`${sql.identifier(column.name)}`;
/** Refers to a column of the table aliased `alias`, or by the table's own name without one. */
const named = (column: AnyPgColumn, alias: string | undefined): SQL =>
  alias === undefined ? sql`${column}` : sql`${sql.identifier(alias)}.${bare(column)}`;
const instant = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;

/**
 * SQL condition that no process holds the row. A lease that was not released counts for another `graceMs` milliseconds, because its work
 * may still be in progress.
 */
export function isFree(
  kind: LeaseKind,
  now: Date,
  { alias, graceMs = 0 }: { alias?: string; graceMs?: number } = {},
): SQL {
  const until = named(kind.until, alias);
  const over = sql`${until} <= ${instant(new Date(now.getTime() - graceMs))} or ${until} > ${instant(latestEnd(kind, now))}`;
  return kind.due ? sql`(${over})` : sql`(${until} is null or ${over})`;
}
/** SQL condition that a process may hold the row: its lease has an end, and is not over. */
export const isHeld = (kind: LeaseKind, now: Date, alias?: string): SQL => {
  const until = named(kind.until, alias);
  return sql`(${until} > ${instant(now)} and ${until} <= ${instant(latestEnd(kind, now))})`;
};

/** SQL condition that the row still has our token, so no other process has taken it over. */
export const isOurs = (kind: LeaseKind, token: string | SQL, alias?: string): SQL =>
  sql`${named(kind.token, alias)} = ${token}`;

/** Writes a lease, for the `set` of an update. */
export const setLease = (kind: LeaseKind, lease: { token: string; until: Date }): SQL =>
  sql`${bare(kind.token)} = ${lease.token}, ${bare(kind.until)} = ${instant(lease.until)}`;
/** Writes a later end into our lease, for the `set` of an update. */
export const extendsTo = (kind: LeaseKind, until: Date): SQL => sql`${bare(kind.until)} = ${instant(until)}`;
/** Releases the row, for the `set` of an update guarded by `isOurPost`. */
export const clearLease = (kind: LeaseKind): SQL =>
  sql`${bare(kind.token)} = null, ${bare(kind.until)} = null`;

/** A lease that this process holds and renews, from `hold` to `end`. */
export interface HeldLease {
  /** Remaining time in milliseconds, as far as this process knows. If it is not positive, another process may hold the row. */
  left(): number;
  /** Whether an action with an effect may begin now. */
  sound(): boolean;
  /** Renews the lease now if it is old, and waits for the response. Returns whether the lease is sound. */
  refresh(): Promise<boolean>;
  /** Whether another process turned out to hold the row, or its work to be finished. No further action may begin. */
  readonly lost: boolean;
  /** Ends the renewals, because the work is finished or handed over. */
  end(): void;
}

class Held implements HeldLease {
  lost = false;
  #until: number;
  #wallUntil: number;
  constructor(
    readonly kind: LeaseKind,
    readonly id: string,
    readonly token: string,
    until: Date,
    readonly clock: Clock,
    readonly keeper: LeaseManager,
  ) {
    this.#until = until.getTime();
    this.#wallUntil = Date.now() + this.#until - clock.now().getTime();
  }
  left(): number {
    const now = this.clock.now();
    // The clock was set back. Another process does not wait for that end either.
    if (this.#until > latestEnd(this.kind, now).getTime()) return 0;
    const left = this.#until - now.getTime();
    // The underlying monotonic timer stops while the machine sleeps; the wall clock does not.
    return this.clock === systemClock ? Math.min(left, this.#wallUntil - Date.now()) : left;
  }
  sound(): boolean {
    return !this.lost && this.left() >= LEASE_MARGIN_MS;
  }
  get old(): boolean {
    return this.left() <= (lengthOf(this.kind) * 2) / 3;
  }
  async refresh(): Promise<boolean> {
    if (!this.lost && this.old) await this.keeper.renew([this]);
    return this.sound();
  }
  extended(until: number, wallUntil: number): void {
    const over = this.left() <= 0;
    this.#until = over ? until : Math.max(this.#until, until);
    this.#wallUntil = over ? wallUntil : Math.max(this.#wallUntil, wallUntil);
  }
  end(): void {
    this.keeper.forget(this);
  }
}

/** Holds this process's leases on one database and renews them, all in one statement. */
export class LeaseManager {
  readonly #db: Db;
  readonly #held = new Set<Held>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  /** Renewals still pending after their time limit. */
  #hung = 0;
  #taken = 0;

  constructor(
    db: Db,
    readonly renewalMs = RENEWAL_MS,
  ) {
    this.#db = db;
  }

  /** Takes over the renewal of a lease that was written to its row; `until` is the end as written. */
  hold(kind: LeaseKind, lease: { id: string; token: string; until: Date; clock: Clock }): HeldLease {
    const held = new Held(kind, lease.id, lease.token, lease.until, lease.clock, this);
    this.#held.add(held);
    this.#taken++;
    if (!this.#timer) {
      this.#timer = setInterval(() => void this.look(), CHECK_INTERVAL_MS);
      this.#timer.unref();
    }
    return held;
  }

  /** Number of leases that this process has taken so far. */
  get taken(): number {
    return this.#taken;
  }

  forget(held: Held): void {
    this.#held.delete(held);
    if (this.#held.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Renews old leases. Never throws: a lease that could not be renewed expires, and its holder sees that. */
  async look(): Promise<void> {
    if (this.#looking) return;
    const old = [...this.#held].filter((held) => held.old && !held.lost);
    if (old.length === 0) return;
    this.#looking = true;
    try {
      await this.renew(old);
    } finally {
      this.#looking = false;
    }
  }

  /** Renews these leases and waits at most `renewalMs`. Never throws. */
  async renew(all: readonly Held[]): Promise<void> {
    if (this.#hung >= MAX_HUNG) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.renewalMs);
      timer.unref();
    });
    const asked = this.#ask(all);
    const ended = await Promise.race([asked, late]);
    clearTimeout(timer);
    if (ended !== 'late') return;
    this.#hung++;
    void asked.finally(() => {
      this.#hung--;
    });
    log().warn({ leases: all.length }, 'leases were not renewed in time; retrying');
  }

  /** Renews these leases in one statement. A row that another transaction is writing to is left for the next check. */
  async #ask(all: readonly Held[]): Promise<void> {
    const asked = all.map((held) => {
      const ms = lengthOf(held.kind);
      const now = held.clock.now();
      return { held, until: leaseEnd(now, ms), latest: latestEnd(held.kind, now), wall: Date.now() + ms };
    });
    let answers: Answer[];
    try {
      answers = await this.#db.asSystem(async (tx) => {
        const result = (await tx.execute(renewal(asked))) as unknown as { rows: Answer[] };
        return result.rows;
      });
    } catch (error) {
      log().warn({ err: error, leases: all.length }, 'leases could not be renewed');
      return;
    }
    const said = new Map(answers.map((a) => [`${a.kind} ${a.id} ${a.token}`, a]));
    for (const { held, until, wall } of asked) {
      const answer = said.get(`${held.kind.name} ${held.id} ${held.token}`);
      if (answer?.renewed) held.extended(until.getTime(), wall);
      else if (!answer) held.lost = true;
    }
  }
}

interface Answer {
  kind: string;
  id: string;
  token: string;
  /** False: the row is still ours, but another transaction is writing to it. */
  renewed: boolean;
}

/** Builds one statement for leases of all kinds. It returns those whose row still has the token. */
function renewal(asked: readonly { held: Held; until: Date; latest: Date }[]): SQL {
  const kinds = new Map(asked.map(({ held }) => [held.kind.name, held.kind]));
  const rows = asked.map(({ held, until, latest }) => ({
    kind: held.kind.name,
    id: held.id,
    token: held.token,
    until,
    latest,
  }));
  const name = (text: string) => sql.identifier(text);
  const of = (column: AnyPgColumn) => name(column.name);
  const parts = [...kinds.values()].map((kind) => {
    const mine = sql`w.kind = ${kind.name} and t.${of(kind.id)} = w.id and t.${of(kind.token)}::text = w.token
      and (${kind.when ?? sql`true`})`;
    return sql`
      ${name(`${kind.name}_free`)} as materialized (
        select t.${of(kind.id)} as id, w.token, w.until, w.latest from ${kind.id.table} t join w on ${mine}
        order by t.${of(kind.id)} for no key update of t skip locked
      ), ${name(`${kind.name}_kept`)} as (
        update ${kind.id.table} t set ${of(kind.until)} = case when t.${of(kind.until)} <= f.latest
          then greatest(t.${of(kind.until)}, f.until) else f.until end from ${name(`${kind.name}_free`)} f
        where t.${of(kind.id)} = f.id and t.${of(kind.token)}::text = f.token returning t.${of(kind.id)} as id, t.${of(kind.token)}::text as token
      ), ${name(`${kind.name}_ours`)} as (
        select w.kind, w.id, w.token, exists (
          select from ${name(`${kind.name}_kept`)} k where k.id = w.id and k.token = w.token) as renewed
        from w join ${kind.id.table} t on ${mine}
      )`;
  });
  const answers = [...kinds.keys()].map(
    (kind) => sql`select kind, id, token, renewed from ${name(`${kind}_ours`)}`,
  );
  return sql`
    with w as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as w(kind text, id text, token text, until timestamptz, latest timestamptz)
    ), ${sql.join(parts, sql`, `)}
    ${sql.join(answers, sql` union all `)}`;
}

const managers = new WeakMap<Db, LeaseManager>();

/** Returns the keeper of this process's leases on a database. */
export function leasesOf(db: Db): LeaseManager {
  let keeper = managers.get(db);
  if (!keeper) {
    keeper = new LeaseManager(db);
    managers.set(db, keeper);
  }
  return keeper;
}
