import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alerts } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { failureKey } from './alert-keys';
import { mediaKey } from './media-key';

/** Number of publications per statement, so that a long queue does not become one huge statement. */
const AT_ONCE = 2000;

/**
 * Resolves the alerts about these publications (they failed, or their media did not arrive) once they no longer matter, because the
 * publications were cancelled, removed or retried.
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
