import { eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { connections, publications } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../billing/lock-workspace';
import { type Ctx, requireRole } from '../context';
import { forgetMedia } from '../media/forget-media';
import { assertRoomOnDay, takesPlace } from './count-day';
import { endAlerts } from './end-alerts';
import { lockPublication } from './lock-publication';
import { readPublication } from './queries';
import { resolveDue } from './resolve-due';
import { hurry } from './schedule-publications';
import { type Publication, publicationVersionInput } from './schemas';
import { STEPS } from './transitions';

/** Sends a failed publication again, now. It surely did not go out before: that is what `failed` means. */
export async function retryPublication({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof publicationVersionInput>;
}): Promise<Publication> {
  requireRole(ctx, 'operator', 'publish posts');
  const { id, version } = publicationVersionInput.parse(input);
  const after = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const row = await lockPublication(tx, ctx.workspaceId, id, version, 'retry');
    const [connection] = await tx.select().from(connections).where(eq(connections.id, row.connectionId));
    if (connection?.status !== 'active')
      throw new AppError(
        'conflict',
        `Reconnect ${connection?.remoteName ?? 'the account'} first, then try again.`,
        {
          details: { connectionId: row.connectionId },
        },
      );
    const now = ctx.clock.now();
    const due = resolveDue(null, workspace.timeZone, now);
    if (takesPlace(row)) await assertRoomOnDay(tx, workspace, due.dueAt, 1, [id]);
    await tx
      .update(publications)
      .set({
        ...due,
        state: STEPS.retry.to,
        version: sql`${publications.version} + 1`,
        claimToken: null,
        claimedUntil: null,
        retryAt: null,
        problem: null,
        updatedAt: now,
      })
      .where(eq(publications.id, id));
    // Who tries again may have changed what was wrong: nothing of the earlier uploads is relied on.
    if (row.mediaUntil) await forgetMedia(tx, ctx.workspaceId, id, { now });
    await endAlerts(tx, ctx, [id]);
    const publication = await readPublication(tx, ctx, id);
    await recordActivity(tx, ctx, {
      verb: 'publication.retried',
      subjectType: 'publication',
      subjectId: id,
      summary: `Tried “${publication.postTitle}” on ${publication.connectionName} again`,
    });
    return publication;
  });
  await hurry(ctx, after.dueAt);
  return after;
}
