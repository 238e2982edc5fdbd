import { and, eq, inArray, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { connections, postingSlots } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { recordActivity } from '../activity/record-activity';
import { type Ctx, requireRole } from '../context';
import { checkTopic } from '../topics/check-topic';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { addSlotsInput, changeSlotInput, copySlotsInput, MOST_SLOTS, removeSlotsInput } from './schemas';

const MAY = 'change the slots';

async function nameOf(tx: Tx, ctx: Ctx, connectionId: string): Promise<string> {
  const [row] = await tx
    .select({ name: connections.remoteName })
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
  if (!row) throw notFound('account');
  return row.name;
}

/** Adds slots to an account. One that is there already stays as it is, so adding twice changes nothing. */
export async function addSlots({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof addSlotsInput>;
}): Promise<{ added: number }> {
  requireRole(ctx, 'manager', MAY);
  const { connectionId, slots } = addSlotsInput.parse(input);
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
      .returning({ id: postingSlots.id });
    await assertNotTooMany(tx, ctx, connectionId, name);
    if (added.length > 0)
      await recordActivity(tx, ctx, {
        verb: 'slots.added',
        subjectType: 'connection',
        subjectId: connectionId,
        summary: `Added ${count(added.length)} to ${name}`,
      });
    return { added: added.length };
  });
}

/** Removes slots. What stands at their times stays scheduled. Answers what was removed, so that it can be put back. */
export async function removeSlots({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof removeSlotsInput>;
}): Promise<{ connectionId: string; weekday: number; minute: number; topicId: string | null }[]> {
  requireRole(ctx, 'manager', MAY);
  const { ids } = removeSlotsInput.parse(input);
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
      summary: `Removed ${count(removed.length)} from ${await nameOf(tx, ctx, first.connectionId)}`,
    });
    return removed;
  });
}

/** Says for which topic a slot is; null for any. */
export async function changeSlot({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof changeSlotInput>;
}): Promise<{ id: string; topicId: string | null }> {
  requireRole(ctx, 'manager', MAY);
  const { id, topicId } = changeSlotInput.parse(input);
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
}

/** Gives other accounts the slots of this one, in place of theirs. */
export async function copySlots({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof copySlotsInput>;
}): Promise<{ accounts: number }> {
  requireRole(ctx, 'manager', MAY);
  const { from, to } = copySlotsInput.parse(input);
  const others = [...new Set(to)].filter((id) => id !== from);
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspace(tx, ctx.workspaceId);
    const name = await nameOf(tx, ctx, from);
    for (const id of others) await nameOf(tx, ctx, id);
    const slots = await tx
      .select()
      .from(postingSlots)
      .where(and(eq(postingSlots.workspaceId, ctx.workspaceId), eq(postingSlots.connectionId, from)));
    if (slots.length === 0) throw new AppError('invalid', `${name} has no slots to copy.`);
    if (others.length === 0) return { accounts: 0 };
    await tx
      .delete(postingSlots)
      .where(and(eq(postingSlots.workspaceId, ctx.workspaceId), inArray(postingSlots.connectionId, others)));
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
      summary: `Copied the slots of ${name} to ${others.length} other ${others.length === 1 ? 'account' : 'accounts'}`,
    });
    return { accounts: others.length };
  });
}

async function assertNotTooMany(tx: Tx, ctx: Ctx, connectionId: string, name: string): Promise<void> {
  const [row] = await tx
    .select({ n: sql<number>`count(*)::int` })
    .from(postingSlots)
    .where(and(eq(postingSlots.workspaceId, ctx.workspaceId), eq(postingSlots.connectionId, connectionId)));
  if ((row?.n ?? 0) > MOST_SLOTS)
    throw new AppError('invalid', `${name} would have more than ${MOST_SLOTS} slots a week. Choose fewer.`, {
      fields: { slots: `At most ${MOST_SLOTS} slots a week.` },
    });
}

const count = (n: number) => `${n} ${n === 1 ? 'slot' : 'slots'}`;
