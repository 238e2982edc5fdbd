import { eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { publications } from '@/db/schema';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../billing/lock-workspace';
import { type Ctx, requireRole } from '../context';
import { assertRoomOnDay, takesPlace } from './count-day';
import { askIfDoubtful } from './doubtful';
import { wallInWords } from './local-time';
import { lockPublication } from './lock-publication';
import { readPublication } from './queries';
import { resolveDue } from './resolve-due';
import { hurry } from './schedule-publications';
import { type Publication, rescheduleInput } from './schemas';
import { STEPS } from './transitions';

/**
 * Moves a publication that has not started to another time. Voids a claim that was already made for the old one. What may be
 * out already is not moved: a person is asked about it instead, and the answer is the row in that state.
 */
export async function reschedulePublication({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof rescheduleInput>;
}): Promise<Publication> {
  requireRole(ctx, 'operator', 'change the schedule');
  const { id, version, local } = rescheduleInput.parse(input);
  const moved = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const row = await lockPublication(tx, ctx.workspaceId, id, version, 'reschedule', 'rescheduleWaiting');
    if ((await askIfDoubtful(tx, ctx, [id])).length > 0) return readPublication(tx, ctx, id);
    const now = ctx.clock.now();
    const due = resolveDue(local, workspace.timeZone, now);
    if (takesPlace(row)) await assertRoomOnDay(tx, workspace, due.dueAt, 1, [id]);
    const step = row.state === 'awaiting_approval' ? STEPS.rescheduleWaiting : STEPS.reschedule;
    await tx
      .update(publications)
      .set({
        ...due,
        state: step.to,
        version: sql`${publications.version} + 1`,
        claimToken: null,
        claimedUntil: null,
        retryAt: null,
        problem: null,
        updatedAt: now,
      })
      .where(eq(publications.id, id));
    const after = await readPublication(tx, ctx, id);
    await recordActivity(tx, ctx, {
      verb: 'publication.rescheduled',
      subjectType: 'publication',
      subjectId: id,
      summary: `Moved “${after.postTitle}” to ${wallInWords(local)} (${due.timeZone})`,
    });
    return after;
  });
  if (moved.state === 'scheduled') await hurry(ctx, moved.dueAt);
  return moved;
}
