import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { type Clock, systemClock } from '@/server/foundation/clock';
import { randomToken } from '@/server/foundation/crypto';
import { log } from '@/server/foundation/log';
import type { Db } from './client';

/**
 * Leases: who works on a row writes a token and a time into it. While the work goes on, this process extends the time; when the
 * process ends, the row is free a few seconds later. The token is the fence: each end of the work is written only if the row still
 * carries it (compare-and-set), so a process that was stopped, or cut off from the database, and comes back changes nothing.
 *
 * Times are those of the process's clock, which goes by the database's (database-clock.ts).
 */

/** How long a lease lasts without being renewed, in milliseconds, unless its kind says otherwise. */
export const LEASE_MS = 15_000;
/** A lease is renewed when a third of it is over, in milliseconds. */
export const RENEW_AFTER_MS = LEASE_MS / 3;
/** How often this process looks at its leases, in milliseconds: a renewal that fails has two more chances. */
const LOOK_EVERY_MS = RENEW_AFTER_MS / 2;
/**
 * How long a renewal is waited for, in milliseconds: a statement may hang for longer than a lease lasts. After that the leases count as
 * not renewed, and the next look asks again, over another connection. An answer that comes later still counts.
 */
export const RENEWAL_MS = LOOK_EVERY_MS;
/**
 * What has an effect may begin only under a lease that lasts for this much longer, in milliseconds: more than the clocks of two
 * processes differ, and than passes between the check and the effect.
 */
export const LEASE_MARGIN_MS = 3_000;

/** Renewals that may hang at once: each holds a connection that other work needs. */
const MAX_HUNG = 3;

/**
 * A kind of row that is leased: the columns, of one table, in which the lease is written. `id` and `token` identify one lease. Every
 * statement that takes, frees or checks one is made of `isFree`, `takes`, `frees` and `isOurs`.
 */
export interface LeaseKind {
  readonly name: string;
  readonly id: AnyPgColumn;
  readonly token: AnyPgColumn;
  readonly until: AnyPgColumn;
  /** The end of the lease is also the time from which there is work: a row without it is not to be taken at all. */
  readonly due?: true;
  /** How long it lasts without being renewed, in milliseconds. */
  readonly ms?: number;
  /** What else must hold of the row `t` for the work on it to go on. */
  readonly when?: SQL;
}

export const newLeaseToken = (): string => randomToken(12);
/** When a lease that is taken or renewed now ends. */
export const leaseEnd = (now: Date, ms = LEASE_MS): Date => new Date(now.getTime() + ms);
const lengthOf = (kind: LeaseKind): number => kind.ms ?? LEASE_MS;

/** A new lease of this kind, to be written into a row that is free. */
export const newLease = (kind: LeaseKind, now: Date): { token: string; until: Date } => ({
  token: newLeaseToken(),
  until: leaseEnd(now, lengthOf(kind)),
});

const bare = (column: AnyPgColumn): SQL => sql`${sql.identifier(column.name)}`;
/** A column in a statement that calls its table `alias`; without one, under the table's own name. */
const named = (column: AnyPgColumn, alias: string | undefined): SQL =>
  alias === undefined ? sql`${column}` : sql`${sql.identifier(alias)}.${bare(column)}`;
const instant = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;

/**
 * Whether nobody has the row, as a condition. `graceMs`: not before so many milliseconds after a lease that was not given back, for what
 * may still be under way.
 */
export function isFree(
  kind: LeaseKind,
  now: Date,
  { alias, graceMs = 0 }: { alias?: string; graceMs?: number } = {},
): SQL {
  const until = named(kind.until, alias);
  const over = sql`${until} <= ${instant(new Date(now.getTime() - graceMs))}`;
  return kind.due ? over : sql`(${until} is null or ${over})`;
}

/** Whether the row still carries our token, as a condition: nobody else has taken it over. */
export const isOurs = (kind: LeaseKind, token: string | SQL, alias?: string): SQL =>
  sql`${named(kind.token, alias)} = ${token}`;

/** Writes a lease, for the `set` of an update. */
export const takes = (kind: LeaseKind, lease: { token: string; until: Date }): SQL =>
  sql`${bare(kind.token)} = ${lease.token}, ${bare(kind.until)} = ${instant(lease.until)}`;
/** Writes a later end into a lease that is ours, for the `set` of an update. */
export const extendsTo = (kind: LeaseKind, until: Date): SQL => sql`${bare(kind.until)} = ${instant(until)}`;
/** Gives the row back, for the `set` of an update that `isOurs` guards. */
export const frees = (kind: LeaseKind): SQL => sql`${bare(kind.token)} = null, ${bare(kind.until)} = null`;

/** A lease that this process holds and renews, from `hold` to `end`. */
export interface HeldLease {
  /** What is left of it in milliseconds, as far as this process knows. Not positive: somebody else may have the row. */
  left(): number;
  /** Whether something that has an effect may begin now. */
  sound(): boolean;
  /** Renews it now if it is old, waiting for the answer. Answers whether it is sound. */
  refresh(): Promise<boolean>;
  /** Whether the row was seen to belong to somebody else, or to be over with. Nothing further may begin. */
  readonly lost: boolean;
  /** The work is over, or handed on: the lease is not renewed any more. */
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
    readonly keeper: LeaseKeeper,
  ) {
    this.#until = until.getTime();
    this.#wallUntil = Date.now() + this.#until - clock.now().getTime();
  }
  left(): number {
    const left = this.#until - this.clock.now().getTime();
    // The monotonic timer behind it stands still while the machine sleeps; the machine's own clock does not.
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
    this.#until = Math.max(this.#until, until);
    this.#wallUntil = Math.max(this.#wallUntil, wallUntil);
  }
  end(): void {
    this.keeper.forget(this);
  }
}

/** Holds this process's leases on one database and renews them, all in one statement. */
export class LeaseKeeper {
  readonly #db: Db;
  readonly #held = new Set<Held>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  /** Renewals that are still out after their time. */
  #hung = 0;
  #taken = 0;

  constructor(
    db: Db,
    readonly renewalMs = RENEWAL_MS,
  ) {
    this.#db = db;
  }

  /** Takes over the renewal of a lease that was written to its row: `until` is what stands there. */
  hold(kind: LeaseKind, lease: { id: string; token: string; until: Date; clock: Clock }): HeldLease {
    const held = new Held(kind, lease.id, lease.token, lease.until, lease.clock, this);
    this.#held.add(held);
    this.#taken++;
    if (!this.#timer) {
      this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
      this.#timer.unref();
    }
    return held;
  }

  /** How many leases this process has taken so far. */
  get taken(): number {
    return this.#taken;
  }

  forget(held: Held): void {
    this.#held.delete(held);
    if (this.#held.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Renews what is old. Never throws: what could not be renewed ends by itself, and its holder sees that. */
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

  /** Renews these, and waits no longer than `RENEWAL_MS`. Never throws. */
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
    log().warn({ leases: all.length }, 'leases were not renewed in time; they are asked for again');
  }

  /** Renews these in one statement. A row that somebody is writing to just now is left for the next look. */
  async #ask(all: readonly Held[]): Promise<void> {
    const asked = all.map((held) => {
      const ms = lengthOf(held.kind);
      return { held, until: leaseEnd(held.clock.now(), ms), wall: Date.now() + ms };
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
  /** False: the row is still ours, and somebody else is writing to it. */
  renewed: boolean;
}

/** One statement for leases of all kinds. It answers those whose row still carries the token. */
function renewal(asked: readonly { held: Held; until: Date }[]): SQL {
  const kinds = new Map(asked.map(({ held }) => [held.kind.name, held.kind]));
  const rows = asked.map(({ held, until }) => ({
    kind: held.kind.name,
    id: held.id,
    token: held.token,
    until,
  }));
  const name = (text: string) => sql.identifier(text);
  const of = (column: AnyPgColumn) => name(column.name);
  const parts = [...kinds.values()].map((kind) => {
    const mine = sql`w.kind = ${kind.name} and t.${of(kind.id)} = w.id and t.${of(kind.token)}::text = w.token
      and (${kind.when ?? sql`true`})`;
    return sql`
      ${name(`${kind.name}_free`)} as materialized (
        select t.${of(kind.id)} as id, w.token, w.until from ${kind.id.table} t join w on ${mine}
        order by t.${of(kind.id)} for no key update of t skip locked
      ), ${name(`${kind.name}_kept`)} as (
        update ${kind.id.table} t set ${of(kind.until)} = greatest(t.${of(kind.until)}, f.until) from ${name(`${kind.name}_free`)} f
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
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as w(kind text, id text, token text, until timestamptz)
    ), ${sql.join(parts, sql`, `)}
    ${sql.join(answers, sql` union all `)}`;
}

const keepers = new WeakMap<Db, LeaseKeeper>();

/** The keeper of this process's leases on a database. */
export function leasesOf(db: Db): LeaseKeeper {
  let keeper = keepers.get(db);
  if (!keeper) {
    keeper = new LeaseKeeper(db);
    keepers.set(db, keeper);
  }
  return keeper;
}
