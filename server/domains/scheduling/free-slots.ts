import { and, asc, eq, gte, inArray, lt } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { PUBLICATION_LISTS, postingSlots, publications, type workspaces } from '@/db/schema';
import { DAY_MS, MINUTE_MS } from '@/server/foundation/durations';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { asWorkspaceId } from '@/server/foundation/ids';
import { DailyQuota } from './count-day';
import { type SlotTime, slotTimes, type WeeklySlot } from './slot-times';

type Workspace = typeof workspaces.$inferSelect;

/** How far ahead a free slot is searched, and (`WINDOW_MS`) how much of it at a time. */
const FARTHEST_MS = 366 * DAY_MS;
const WINDOW_MS = 28 * DAY_MS;

/** Returns the weekly slots by account. */
export async function readSlots(
  tx: Tx,
  workspaceId: string,
  connectionIds: readonly string[],
): Promise<Map<string, WeeklySlot[]>> {
  const all = new Map<string, WeeklySlot[]>(connectionIds.map((id) => [id, []]));
  if (connectionIds.length === 0) return all;
  const rows = await tx
    .select()
    .from(postingSlots)
    .where(
      and(eq(postingSlots.workspaceId, workspaceId), inArray(postingSlots.connectionId, [...connectionIds])),
    )
    .orderBy(asc(postingSlots.weekday), asc(postingSlots.minute));
  for (const row of rows)
    all
      .get(row.connectionId)
      ?.push({ id: row.id, topicId: row.topicId, weekday: row.weekday, minute: row.minute });
  return all;
}

/** Returns the minutes at which an account has a post, as milliseconds, from `from` to `to`. */
export async function takenMinutes(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  from: Date,
  to: Date,
): Promise<Set<number>> {
  const rows = await tx
    .select({ dueAt: publications.dueAt })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, asWorkspaceId(workspaceId)),
        eq(publications.connectionId, connectionId),
        gte(publications.dueAt, from),
        lt(publications.dueAt, new Date(to.getTime() + MINUTE_MS)),
        inArray(publications.state, PUBLICATION_LISTS.counted),
        eq(publications.kind, 'post'),
      ),
    );
  return new Set(rows.map((row) => minuteOf(row.dueAt)));
}

export const minuteOf = (at: Date): number => Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;

/** Whether a slot takes a topic. A slot with a topic takes only that one, a slot without takes any. */
export const fits = (slot: { topicId: string | null }, topicId: string | null): boolean =>
  slot.topicId === null || slot.topicId === topicId;

/**
 * Returns the first slot of an account after `now` that is free, accepts the topic, and falls on a local day on which the plan has capacity
 * (which is then taken from `quota`). Returns null if there is none within a year. In a transaction that holds the workspace's lock, two
 * concurrent requests cannot both get the same slot. `otherwise` are the slots for an account that has none of its own; `given` are the
 * minutes that were already assigned to other publications, as returned by `minuteOf`.
 */
export async function findFreeSlot(
  tx: Tx,
  workspace: Workspace,
  connectionId: string,
  topicId: string | null,
  now: Date,
  quota: Pick<DailyQuota, 'take'> = new DailyQuota(tx, workspace),
  otherwise: readonly WeeklySlot[] = [],
  given: ReadonlySet<number> = new Set(),
): Promise<SlotTime | null> {
  const own = (await readSlots(tx, workspace.id, [connectionId])).get(connectionId) ?? [];
  const slots = own.length > 0 ? own : otherwise;
  const open = slots.filter((slot) => fits(slot, topicId));
  if (open.length === 0) return null;
  const end = now.getTime() + FARTHEST_MS;
  for (let from = now.getTime(); from < end; from += WINDOW_MS) {
    const to = new Date(Math.min(from + WINDOW_MS, end));
    const taken = await takenMinutes(tx, workspace.id, connectionId, new Date(from), to);
    for (const time of slotTimes(open, workspace.timeZone, new Date(from), to))
      if (!taken.has(minuteOf(time.at)) && !given.has(minuteOf(time.at)) && (await quota.take(time.at)))
        return time;
  }
  return null;
}

/** Returns why an account has no free slot. */
export async function noFreeSlotReason(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  account: string,
): Promise<Fact> {
  const slots = (await readSlots(tx, workspaceId, [connectionId])).get(connectionId) ?? [];
  return slots.length === 0
    ? fact('scheduling.errors.noSlots', { account })
    : fact('scheduling.errors.noFreeSlot', { account });
}

/** Returns the `invalid` error for an account without a free slot, with the field of its target. */
export async function noFreeSlot(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  name: string,
): Promise<AppError> {
  const told = await noFreeSlotReason(tx, workspaceId, connectionId, name);
  return new AppError('invalid', told, {
    fields: { when: told, [`targets.${connectionId}`]: told },
    details: { reason: 'no_slot', connectionId },
  });
}
