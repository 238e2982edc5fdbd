import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { failureKey } from './alert-keys';
import { mediaKey } from './media-key';

/** So many at once, so that a long queue does not become one long statement. */
const AT_ONCE = 2000;

/**
 * Ends what was told of these publications, that they failed or that their pictures do not arrive, when it matters no more: they were
 * taken back, removed, or are tried again.
 */
export async function endAlerts(tx: Tx, ctx: Ctx, publicationIds: readonly string[]): Promise<void> {
  for (let from = 0; from < publicationIds.length; from += AT_ONCE)
    await tx
      .update(alerts)
      .set({ resolved: true, resolvedAt: ctx.clock.now() })
      .where(
        and(
          eq(alerts.workspaceId, ctx.workspaceId),
          inArray(
            alerts.key,
            publicationIds.slice(from, from + AT_ONCE).flatMap((id) => [failureKey(id), mediaKey(id)]),
          ),
          eq(alerts.resolved, false),
        ),
      );
}
