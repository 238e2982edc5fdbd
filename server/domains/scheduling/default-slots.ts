import { and, eq, inArray, ne } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, postingSettings, postingSlots } from '@/db/schema';
import { platformTraits } from '@/server/connectors/platform-traits';
import { asWorkspaceId, newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import type { WeeklySlot } from './slot-times';
import { isActive } from './suggest-times';

const WEEK = [1, 2, 3, 4, 5, 6, 7];

/**
 * Gives accounts that take posts and have no slots the workspace's default times, on every day of the week. Runs in the transaction that
 * creates the account or finishes the set-up. Does nothing if no times are chosen.
 */
export async function giveDefaultSlots(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  only?: readonly string[],
): Promise<void> {
  const [settings] = await tx
    .select({ minutes: postingSettings.slots })
    .from(postingSettings)
    .where(eq(postingSettings.workspaceId, ctx.workspaceId));
  const minutes = [...new Set(settings?.minutes ?? [])];
  if (minutes.length === 0 || only?.length === 0) return;
  const accounts = await tx
    .select({ id: connections.id, platform: connections.platform })
    .from(connections)
    .where(
      and(
        eq(connections.workspaceId, ctx.workspaceId),
        ne(connections.status, 'disconnected'),
        only ? inArray(connections.id, [...only]) : undefined,
      ),
    );
  const having = new Set(
    (
      await tx
        .selectDistinct({ id: postingSlots.connectionId })
        .from(postingSlots)
        .where(eq(postingSlots.workspaceId, ctx.workspaceId))
    ).map((row) => row.id),
  );
  const now = ctx.clock.now();
  const rows = accounts
    .filter((a) => !having.has(a.id) && platformTraits(a.platform)?.publishes)
    .flatMap((account) =>
      WEEK.flatMap((weekday) =>
        minutes.map((minute) => ({
          id: newId('slot', now.getTime()),
          workspaceId: ctx.workspaceId,
          connectionId: account.id,
          weekday,
          minute,
          createdAt: now,
        })),
      ),
    );
  if (rows.length > 0) await tx.insert(postingSlots).values(rows).onConflictDoNothing();
}

/**
 * Returns slots for an account that has none but needs a time: the workspace's default times, or each full hour of its active hours, which
 * may run past midnight. They are not stored.
 */
export async function fallbackSlots(tx: Tx, workspaceId: string): Promise<WeeklySlot[]> {
  const [settings] = await tx
    .select()
    .from(postingSettings)
    .where(eq(postingSettings.workspaceId, asWorkspaceId(workspaceId)));
  const [from, to] = [settings?.activeFrom ?? 9 * 60, settings?.activeTo ?? 21 * 60];
  const hours = Array.from({ length: 24 }, (_, hour) => hour * 60).filter(
    (m) => m === to || isActive(m, from, to),
  );
  const chosen = [...new Set(settings?.slots ?? [])];
  const minutes = chosen.length > 0 ? chosen : hours.length > 0 ? hours : [from];
  return WEEK.flatMap((weekday) =>
    minutes.map((minute) => ({ id: `${weekday}:${minute}`, topicId: null, weekday, minute })),
  );
}
