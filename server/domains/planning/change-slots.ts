import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '@/db/client';
import { connections, postingSlots } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { checkTopic } from '../topics/check-topic';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { addSlotsInput, changeSlotInput, copySlotsInput, MAX_SLOTS, removeSlotsInput } from './schemas';

async function nameOf(tx: Tx, ctx: Ctx, connectionId: string): Promise<string> {
  const [row] = await tx
    .select({ name: connections.remoteName })
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
  if (!row) throw notFound('account');
  return row.name;
}

/** Adds slots to an account. Slots that already exist are left alone, so a repeated call changes nothing. */
export const addSlots = defineVerb({
  verb: 'planning.addSlots',
  access: 'schedule.change',
  effect: 'change',
  input: addSlotsInput,
  output: z.object({ added: z.number() }),
  run: async (ctx, input) => {
    const { connectionId, slots } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspace(tx, ctx.workspaceId);
      const name = await nameOf(tx, ctx, connectionId);
      for (const topicId of new Set(slots.map((slot) => slot.topicId)))
        await checkTopic(tx, ctx.workspaceId, topicId);
      const now = ctx.clock.now();
      const added = await tx
        .insert(postingSlots)
        .values(
          slots.map((slot) => ({
            id: newId('slot', now.getTime()),
            workspaceId: ctx.workspaceId,
            connectionId,
            weekday: slot.weekday,
            minute: slot.minute,
            topicId: slot.topicId ?? null,
            createdAt: now,
          })),
        )
        .onConflictDoNothing()
        .returning({
          id: postingSlots.id,
          weekday: postingSlots.weekday,
          minute: postingSlots.minute,
          topicId: postingSlots.topicId,
        });
      await assertNotTooMany(tx, ctx, connectionId, name);
      if (added.length > 0)
        await recordActivity(tx, ctx, {
          verb: 'slots.added',
          subjectType: 'connection',
          subjectId: connectionId,
          summary: fact('planning.activity.slotsAdded', { count: added.length, account: name }),
          after: { slots: added.map(({ id: _, ...slot }) => slot) },
        });
      return { added: added.length };
    });
  },
});

/** Removes slots. Publications at their times stay scheduled. Returns the removed slots, so that they can be restored. */
export const removeSlots = defineVerb({
  verb: 'planning.removeSlots',
  access: 'schedule.change',
  effect: 'change',
  input: removeSlotsInput,
  output: z.array(
    z.object({
      connectionId: z.string(),
      weekday: z.number(),
      minute: z.number(),
      topicId: z.string().nullable(),
    }),
  ),
  run: async (ctx, input) => {
    const { ids } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const removed = await tx
        .delete(postingSlots)
        .where(and(eq(postingSlots.workspaceId, ctx.workspaceId), inArray(postingSlots.id, ids)))
        .returning({
          connectionId: postingSlots.connectionId,
          weekday: postingSlots.weekday,
          minute: postingSlots.minute,
          topicId: postingSlots.topicId,
        });
      const [first] = removed;
      if (!first) throw notFound('slot');
      await recordActivity(tx, ctx, {
        verb: 'slots.removed',
        subjectType: 'connection',
        subjectId: first.connectionId,
        summary: fact('planning.activity.slotsRemoved', {
          count: removed.length,
          account: await nameOf(tx, ctx, first.connectionId),
        }),
        before: { slots: removed },
      });
      return removed;
    });
  },
});

/** Sets the topic of a slot; null for any topic. */
export const changeSlot = defineVerb({
  verb: 'planning.changeSlot',
  access: 'schedule.change',
  effect: 'change',
  input: changeSlotInput,
  output: z.object({ id: z.string(), topicId: z.string().nullable() }),
  run: async (ctx, input) => {
    const { id, topicId } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await checkTopic(tx, ctx.workspaceId, topicId);
      const [row] = await tx
        .update(postingSlots)
        .set({ topicId })
        .where(and(eq(postingSlots.workspaceId, ctx.workspaceId), eq(postingSlots.id, id)))
        .returning({ id: postingSlots.id, topicId: postingSlots.topicId });
      if (!row) throw notFound('slot');
      return row;
    });
  },
});

/** Replaces the slots of other accounts with those of this one. */
export const copySlots = defineVerb({
  verb: 'planning.copySlots',
  access: 'schedule.change',
  effect: 'change',
  input: copySlotsInput,
  output: z.object({ accounts: z.number() }),
  run: async (ctx, input) => {
    const { from, to } = input;
    const others = [...new Set(to)].filter((id) => id !== from);
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockWorkspace(tx, ctx.workspaceId);
      const name = await nameOf(tx, ctx, from);
      for (const id of others) await nameOf(tx, ctx, id);
      const slots = await tx
        .select()
        .from(postingSlots)
        .where(and(eq(postingSlots.workspaceId, ctx.workspaceId), eq(postingSlots.connectionId, from)));
      if (slots.length === 0)
        throw new AppError('invalid', fact('planning.errors.noSlotsToCopy', { account: name }));
      if (others.length === 0) return { accounts: 0 };
      await tx
        .delete(postingSlots)
        .where(
          and(eq(postingSlots.workspaceId, ctx.workspaceId), inArray(postingSlots.connectionId, others)),
        );
      const now = ctx.clock.now();
      for (const connectionId of others)
        await tx.insert(postingSlots).values(
          slots.map((slot) => ({
            ...slot,
            id: newId('slot', now.getTime()),
            connectionId,
            createdAt: now,
          })),
        );
      await recordActivity(tx, ctx, {
        verb: 'slots.copied',
        subjectType: 'connection',
        subjectId: from,
        summary: fact('planning.activity.slotsCopied', { account: name, count: others.length }),
        after: { accounts: others },
      });
      return { accounts: others.length };
    });
  },
});

async function assertNotTooMany(tx: Tx, ctx: Ctx, connectionId: string, name: string): Promise<void> {
  const [row] = await tx
    .select({ n: sql<number>`count(*)::int` })
    .from(postingSlots)
    .where(and(eq(postingSlots.workspaceId, ctx.workspaceId), eq(postingSlots.connectionId, connectionId)));
  if ((row?.n ?? 0) > MAX_SLOTS)
    throw new AppError('invalid', fact('planning.errors.tooManySlots', { account: name, most: MAX_SLOTS }), {
      fields: { slots: fact('planning.errors.mostSlots', { most: MAX_SLOTS }) },
    });
}
