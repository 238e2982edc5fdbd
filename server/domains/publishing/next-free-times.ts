import { and, eq, gte, inArray } from 'drizzle-orm';
import { Temporal } from 'temporal-polyfill';
import type { Tx } from '@/db/client';
import { postingSettings, publications, type workspaces } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { asWorkspaceId } from '@/server/foundation/ids';
import { roomOnDay } from './count-day';
import { localTimeOf, resolveLocalTime } from './local-time';
import type { Due } from './resolve-due';

const FARTHEST_DAYS = 366;
const HOLDS_A_TIME = ['awaiting_approval', 'scheduled', 'queued', 'publishing'] as const;

/**
 * A time for each connection named, in order: the first of the workspace's posting times (each full hour of its active hours
 * when it has none) that is still to come, that no other post of the connection has, and whose local day has room in the
 * plan. A time that a clock change skips is passed over. Call it with the workspace's row locked. Throws `limit_reached`
 * when a year has no such time. `leaving` are rows that are not to be counted.
 */
export async function nextFreeTimes(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  connectionIds: readonly string[],
  now: Date,
  leaving: readonly string[] = [],
): Promise<Due[]> {
  const workspaceId = asWorkspaceId(workspace.id);
  const zone = workspace.timeZone;
  const [settings] = await tx
    .select()
    .from(postingSettings)
    .where(eq(postingSettings.workspaceId, workspaceId));
  const minutes = slotMinutes(settings);
  const booked = await tx
    .select({ connectionId: publications.connectionId, dueAt: publications.dueAt })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, workspaceId),
        inArray(publications.connectionId, [...new Set(connectionIds)]),
        inArray(publications.state, [...HOLDS_A_TIME]),
        gte(publications.dueAt, now),
      ),
    );
  const taken = new Set(booked.map((b) => `${b.connectionId} ${minute(b.dueAt)}`));
  const room = new Map<string, number>();
  const today = Temporal.PlainDate.from(localTimeOf(now, zone).slice(0, 10));
  const find = async (connectionId: string): Promise<Due> => {
    for (let ahead = 0; ahead < FARTHEST_DAYS; ahead++) {
      const day = today.add({ days: ahead }).toString();
      for (const at of minutes) {
        const local = `${day}T${two(Math.floor(at / 60))}:${two(at % 60)}`;
        const instant = instantOf(local, zone);
        if (!instant || instant <= now || taken.has(`${connectionId} ${minute(instant)}`)) continue;
        const left = room.get(day) ?? (await roomOnDay(tx, workspace, instant, leaving));
        room.set(day, left);
        if (left < 1) break;
        room.set(day, left - 1);
        taken.add(`${connectionId} ${minute(instant)}`);
        return { dueAt: instant, localTime: local, timeZone: zone };
      }
    }
    throw new AppError('limit_reached', 'There is no free posting time within a year.');
  };
  const times: Due[] = [];
  for (const connectionId of connectionIds) times.push(await find(connectionId));
  return times;
}

function slotMinutes(settings: typeof postingSettings.$inferSelect | undefined): number[] {
  if (settings && settings.slots.length > 0) return [...settings.slots].sort((a, b) => a - b);
  const from = settings?.activeFrom ?? 9 * 60;
  const to = settings?.activeTo ?? 21 * 60;
  const hours = Array.from({ length: 24 }, (_, hour) => hour * 60).filter((m) => m >= from && m <= to);
  return hours.length > 0 ? hours : [from];
}

function instantOf(local: string, zone: string): Date | null {
  try {
    return resolveLocalTime(local, zone).instant;
  } catch {
    return null;
  }
}

const two = (n: number): string => String(n).padStart(2, '0');
const minute = (at: Date): number => Math.floor(at.getTime() / 60_000);
