import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { latestStored } from '@/server/foundation/clock';
import { holds, parseCondition } from '../conditions';
import { lastFiring } from '../cron';
import type { Registry } from '../registry';
import { slotsFor } from '../registry';
import { instant, rows, type Store, texts, transaction, write } from './base';
import { beginRuns, continueWhenClear, keepMemos, lockRuns, type NewRun } from './settle';

const BATCH = 250;

/** Begins the runs and ends the waits that match new events. Returns the number of events processed; call it again after a full batch. */
export async function fanOut(store: Store, registry: Registry, now: Date): Promise<number> {
  return transaction(store, 'fan out', async (tx) => {
    const events = await rows<{ id: string; name: string; payload: string }>(
      tx,
      sql`select id, name, payload from tributary_runner.events where fanned_out_at is null order by seq limit ${BATCH} for update skip locked`,
    );
    if (events.length === 0) return 0;
    const begun: NewRun[] = [];
    for (const event of events) {
      const fns = registry.byEvent.get(event.name) ?? [];
      if (fns.length === 0) continue;
      const parsed = JSON.parse(event.payload) as { ts: unknown };
      // An event with a future time starts its runs at that time.
      const later = typeof parsed.ts === 'number' && parsed.ts > now.getTime() ? new Date(parsed.ts) : now;
      const dueAt = (Number.isNaN(later.getTime()) ? now : later).toISOString();
      for (const fn of fns)
        begun.push({ functionId: fn.id, event: event.payload, dueAt, ...slotsFor(fn, parsed) });
    }
    await endWaits(store, tx, events, now);
    await beginRuns(store, tx, begun, now);
    await write(
      store,
      tx,
      'fan out: mark',
      sql`update tributary_runner.events set fanned_out_at = ${instant(now)} where id = any(${texts(events.map((e) => e.id))})`,
    );
    return events.length;
  });
}

interface Wait {
  id: string;
  runId: string;
  stepId: string;
  waitEvent: string;
  waitIf: string | null;
  event: string;
}

async function endWaits(
  store: Store,
  tx: Tx,
  events: readonly { name: string; payload: string }[],
  now: Date,
): Promise<void> {
  const names = texts([...new Set(events.map((e) => e.name))]);
  const candidates = await rows<{ runId: string }>(
    tx,
    sql`select distinct run_id as "runId" from tributary_runner.jobs where wait_event = any(${names})`,
  );
  if (candidates.length === 0) return;
  const runIds = candidates.map((c) => c.runId);
  await lockRuns(tx, runIds);
  const waits = await rows<Wait>(
    tx,
    sql`select j.id::text as id, j.run_id as "runId", j.step_id as "stepId", j.wait_event as "waitEvent", j.wait_if as "waitIf", r.event
      from tributary_runner.jobs j join tributary_runner.runs r on r.id = j.run_id
      where j.wait_event = any(${names}) and j.run_id = any(${texts(runIds)}) and j.due_at > ${instant(now)} order by j.id`,
  );
  const ended = waits.flatMap((wait) => {
    const match = events.find((e) => e.name === wait.waitEvent && matches(wait, e.payload));
    return match ? [{ wait, value: match.payload }] : [];
  });
  if (ended.length === 0) return;
  await write(
    store,
    tx,
    'fan out: waits',
    sql`delete from tributary_runner.jobs where id = any(${texts(ended.map((e) => e.wait.id))}::bigint[])`,
  );
  await keepMemos(
    store,
    tx,
    ended.map((e) => ({ runId: e.wait.runId, stepId: e.wait.stepId, kind: 'data', value: e.value })),
  );
  await continueWhenClear(store, tx, [...new Set(ended.map((e) => e.wait.runId))], now);
}

function matches(wait: Wait, payload: string): boolean {
  if (!wait.waitIf) return true;
  return holds(parseCondition(wait.waitIf), { event: JSON.parse(wait.event), async: JSON.parse(payload) });
}

const MINUTE = 60_000;
/** How far back a missed firing is made up for, in minutes: a machine that was off for months still has to do its daily work. */
const LOOK_BACK = 366 * 1440;

/**
 * Begins the runs of crons that fire in this minute or that fired since `since` and were not started. Each cron gets one run for its last
 * firing, however many it missed.
 */
export async function fireCrons(store: Store, registry: Registry, since: Date, now: Date): Promise<void> {
  const current = Math.floor(now.getTime() / MINUTE);
  const first = Math.max(Math.floor(since.getTime() / MINUTE) + 1, current - LOOK_BACK);
  const due: { id: string; slot: string; cron: string }[] = [];
  for (const fn of registry.functions.values()) {
    for (const { text, cron } of fn.crons) {
      const slot = lastFiring(cron, new Date(first * MINUTE), now);
      if (slot) due.push({ id: fn.id, slot: slot.toISOString(), cron: text });
    }
  }
  if (due.length === 0) return;
  await transaction(store, 'crons', async (tx) => {
    const taken = await write<{ id: string }>(
      store,
      tx,
      'crons: slots',
      sql`insert into tributary_runner.cron_slots (function_id, slot)
        select x.id, x.slot::timestamptz from unnest(${texts(due.map((d) => d.id))}, ${texts(due.map((d) => d.slot))}) as x(id, slot)
        on conflict do nothing returning function_id as id`,
    );
    const begun = [...new Set(taken.map((t) => t.id))].flatMap((id) => {
      const fn = registry.functions.get(id);
      const slot = due.find((d) => d.id === id);
      if (!fn || !slot) return [];
      const event = {
        id: `${id}-${slot.slot}`,
        name: 'inngest/scheduled.timer',
        ts: Date.parse(slot.slot),
        data: { cron: slot.cron },
      };
      return [
        { functionId: id, event: JSON.stringify(event), dueAt: now.toISOString(), ...slotsFor(fn, event) },
      ];
    });
    await beginRuns(store, tx, begun, now);
  });
}

/** Returns the last minute in which a cron fired, so that firings missed while no process ran can be made up for. */
export async function lastCronSlot(store: Store, now: Date): Promise<Date | null> {
  const [row] = await rows<{ at: number | string | null }>(
    store.db.raw,
    sql`select (extract(epoch from max(slot)) * 1000)::float8 as at from tributary_runner.cron_slots
      where slot <= ${instant(latestStored(now))}`,
  );
  return row?.at == null ? null : new Date(Number(row.at));
}
