import { and, asc, eq, gt, gte, inArray, lt, or } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { connections, PUBLICATION_LISTS, publications, seriesOccurrences } from '@/db/schema';
import { DAY_MS } from '@/server/foundation/durations';
import { notFound } from '@/server/foundation/errors';
import type { Fact } from '@/server/foundation/facts';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { hasOwnSlot } from '../publications/publication-kind';
import { readPublications } from '../publications/queries';
import { findFreeSlot, minuteOf, noFreeSlotReason, readSlots, takenMinutes } from '../scheduling/free-slots';
import { type SlotTime, slotTimes } from '../scheduling/slot-times';
import { readWorkspace } from '../workspaces/read-workspace';
import {
  calendarInput,
  calendarOutput,
  nextSlotsInput,
  nextSlotsOutput,
  queueInput,
  queueOutput,
} from './schemas';

/** Creator (`createdBy`) of publications that recycling put into a slot. */
export const EVERGREEN_ACTOR = 'system:evergreen';

/** How far ahead the free slots of a short queue are shown, and (`MAX_FREE`) how many at most. */
const SHOWN_MS = 10 * DAY_MS;
const MAX_FREE = 400;

/** Previews the next free slot of each account. The slot is taken when the post is scheduled. */
export const nextSlots = defineVerb({
  verb: 'planning.nextSlots',
  access: 'workspace.read',
  effect: 'read',
  input: nextSlotsInput,
  output: nextSlotsOutput,
  run: async (ctx, input) => {
    const { connectionIds, topicId } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const items: z.output<typeof nextSlotsOutput>['items'] = [];
      for (const connectionId of new Set(connectionIds)) {
        const name = await readName(tx, ctx, connectionId);
        const slot = await findFreeSlot(tx, workspace, connectionId, topicId ?? null, ctx.clock.now());
        const reason = slot ? null : await noFreeSlotReason(tx, workspace.id, connectionId, name);
        items.push({ connectionId, slot, reason });
      }
      return { timeZone: workspace.timeZone, items };
    });
  },
});

/** Lists the pending publications of an account by time, and the free slots in between. */
export const getQueue = defineVerb({
  verb: 'planning.queue',
  access: 'workspace.read',
  effect: 'read',
  input: queueInput,
  output: queueOutput,
  run: async (ctx, input) => {
    const { connectionId, limit, cursor } = input;
    const after = readTimeCursor(cursor);
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      await readName(tx, ctx, connectionId);
      const rows = await tx
        .select({
          id: publications.id,
          dueAt: publications.dueAt,
          createdBy: publications.createdBy,
          followsId: publications.followsId,
        })
        .from(publications)
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            eq(publications.connectionId, connectionId),
            inArray(publications.state, PUBLICATION_LISTS.waiting),
            // A thread part has no place of its own, because it is sent with its post.
            hasOwnSlot(),
            after
              ? or(
                  gt(publications.dueAt, after.at),
                  and(eq(publications.dueAt, after.at), gt(publications.id, after.id)),
                )
              : undefined,
          ),
        )
        .orderBy(asc(publications.dueAt), asc(publications.id))
        .limit(limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit && last !== undefined;
      const now = ctx.clock.now();
      const begin = after && after.at > now ? after.at : now;
      const end = more
        ? last.dueAt
        : new Date(Math.max(begin.getTime() + SHOWN_MS, last?.dueAt.getTime() ?? 0));
      const slots = (await readSlots(tx, ctx.workspaceId, [connectionId])).get(connectionId) ?? [];
      const taken = await takenMinutes(tx, ctx.workspaceId, connectionId, begin, end);
      const free: SlotTime[] = [];
      const times = new Map<number, Fact | null>();
      for (const time of slotTimes(slots, workspace.timeZone, new Date(begin.getTime() - 1), end)) {
        times.set(time.at.getTime(), time.note);
        if (!taken.has(time.at.getTime()) && time.at > begin && free.length < MAX_FREE) free.push(time);
      }
      const ids = page.map((row) => row.id);
      const marks = await readMarks(tx, ctx, page);
      const items = await readPublications(tx, ctx, ids);
      return {
        timeZone: workspace.timeZone,
        items: items.map((item) => ({
          ...item,
          inSlot: times.has(minuteOf(item.dueAt)),
          madeBy: marks[item.id] ?? null,
          slotNote: times.get(minuteOf(item.dueAt)) ?? null,
        })),
        free,
        nextCursor: more ? writeTimeCursor(last.dueAt, last.id) : null,
      };
    });
  },
});

/** Returns the calendar's free slots of all connected accounts, and which publications come from a series or from recycling. */
export const planCalendar = defineVerb({
  verb: 'planning.calendar',
  access: 'workspace.read',
  effect: 'read',
  input: calendarInput,
  output: calendarOutput,
  run: async (ctx, input) => {
    // A calendar shows six weeks at most.
    const to = new Date(Math.min(input.to.getTime(), input.from.getTime() + 45 * DAY_MS));
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const now = ctx.clock.now();
      const begin = input.from > now ? input.from : now;
      const accounts = await tx
        .select({ id: connections.id })
        .from(connections)
        .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.status, 'active')));
      const free: z.output<typeof calendarOutput>['free'] = [];
      if (begin < to) {
        const all = await readSlots(
          tx,
          ctx.workspaceId,
          accounts.map((a) => a.id),
        );
        for (const [connectionId, slots] of all) {
          if (slots.length === 0) continue;
          const taken = await takenMinutes(tx, ctx.workspaceId, connectionId, begin, to);
          for (const time of slotTimes(slots, workspace.timeZone, begin, new Date(to.getTime() - 1)))
            if (!taken.has(time.at.getTime())) free.push({ ...time, connectionId });
        }
      }
      free.sort((a, b) => a.at.getTime() - b.at.getTime());
      const rows = await tx
        .select({
          id: publications.id,
          createdBy: publications.createdBy,
          followsId: publications.followsId,
        })
        .from(publications)
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            gte(publications.dueAt, input.from),
            lt(publications.dueAt, to),
          ),
        )
        .limit(2000);
      return { free, marks: await readMarks(tx, ctx, rows) };
    });
  },
});

/** Returns which publications were created by a series or by recycling, not counting their follow-ups. */
async function readMarks(
  tx: Tx,
  ctx: Ctx,
  rows: readonly { id: string; createdBy: string; followsId: string | null }[],
): Promise<Record<string, 'series' | 'evergreen'>> {
  const marks: Record<string, 'series' | 'evergreen'> = {};
  if (rows.length === 0) return marks;
  for (const row of rows)
    if (row.createdBy === EVERGREEN_ACTOR && row.followsId === null) marks[row.id] = 'evergreen';
  const made = await tx
    .select({ id: seriesOccurrences.publicationId })
    .from(seriesOccurrences)
    .where(
      and(
        eq(seriesOccurrences.workspaceId, ctx.workspaceId),
        inArray(
          seriesOccurrences.publicationId,
          rows.map((row) => row.id),
        ),
      ),
    );
  for (const { id } of made) marks[id] = 'series';
  return marks;
}

async function readName(tx: Tx, ctx: Ctx, connectionId: string): Promise<string> {
  const [row] = await tx
    .select({ name: connections.remoteName })
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
  if (!row) throw notFound('account');
  return row.name;
}
