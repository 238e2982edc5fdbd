import type { connections } from '@/db/schema';
import { isPlatformId, platformManifest } from '@/server/connectors/manifests';
import type { Asked } from './check-schedule-limits';
import type { ScheduleWarning } from './check-schedule-schemas';
import { spokenDay } from './check-schedule-words';

type Access = Pick<
  typeof connections.$inferSelect,
  'platform' | 'status' | 'accessExpiresAt' | 'refreshExpiresAt'
>;

/** A connection that has ended, or will have ended when the post is due. Pure. */
export function accessWarning(one: Asked, row: Access, now: Date, zone: string): ScheduleWarning | null {
  const base = {
    connectionId: one.connectionId,
    platform: one.platform,
    connectionName: one.connectionName,
    better: null,
    fix: { label: 'Reconnect', href: '/connections' },
  };
  const who = `${one.connectionName} on ${one.platformName}`;
  if (row.status !== 'active')
    return {
      ...base,
      code: 'connection_expired',
      message: `The connection to ${who} ${row.status === 'disconnected' ? 'has been taken away' : 'has expired'}. Reconnect it, so that this can go out.`,
      refused: true,
    };
  const renews = isPlatformId(row.platform) && renewsItself(row.platform);
  const end = row.refreshExpiresAt ?? (renews ? null : row.accessExpiresAt);
  if (!end || end > one.dueAt) return null;
  if (end <= now)
    return {
      ...base,
      code: 'connection_expired',
      message: `The connection to ${who} has expired. Reconnect it, so that this can go out.`,
      refused: false,
    };
  return {
    ...base,
    code: 'connection_expires',
    message: `The connection to ${who} ends on ${spokenDay(end, zone)}, before this goes out${renews ? `, unless ${one.platformName} renews it` : ''}. Reconnect it in time.`,
    refused: false,
  };
}

function renewsItself(platform: Parameters<typeof platformManifest>[0]): boolean {
  const manifest = platformManifest(platform);
  return manifest.available && manifest.auth.refresh === 'rotating';
}
