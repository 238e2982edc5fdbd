import type { Tx } from '@/db/client';
import type { workspaces } from '@/db/schema';
import type { ScheduleInput } from '../publications/schemas';
import { assertDailyQuota, DailyQuota } from '../scheduling/count-day';
import { findFreeSlot, noFreeSlot } from '../scheduling/free-slots';
import { type Due, resolveDue } from '../scheduling/resolve-due';
import type { Target } from './check-targets';

/**
 * Returns when each account's publication is due: all at one time, or each in its own next free slot. Throws `limit_reached` if the plan
 * has no capacity at a chosen time; slots on full days are skipped. Must run in the transaction that holds the workspace's lock and creates
 * the rows, so that concurrent requests cannot both take a slot.
 */
export async function dueForTargets(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  when: ScheduleInput['when'],
  targets: readonly Target[],
  topicId: string | null,
  now: Date,
): Promise<Map<string, Due>> {
  const dues = new Map<string, Due>();
  if (when.kind !== 'next_slot') {
    const due = resolveDue(when.kind === 'at' ? when.local : null, workspace.timeZone, now);
    await assertDailyQuota(tx, workspace, due.dueAt, targets.length);
    for (const target of targets) dues.set(target.connectionId, due);
    return dues;
  }
  const quota = new DailyQuota(tx, workspace);
  for (const { connectionId, connectionName } of targets) {
    const slot = await findFreeSlot(tx, workspace, connectionId, topicId, now, quota);
    if (!slot) throw await noFreeSlot(tx, workspace.id, connectionId, connectionName);
    dues.set(connectionId, { dueAt: slot.at, localTime: slot.local, timeZone: workspace.timeZone });
  }
  return dues;
}
