import type { connections, grants } from '@/db/schema';
import { isPlatformId } from '@/server/connectors/faces';
import { renewsItself } from '@/server/connectors/kit/manifest';
import { platformManifest } from '@/server/connectors/manifests';
import { fact } from '@/server/foundation/facts';
import type { PostToCheck } from './check-schedule-limits';
import type { ScheduleWarning } from './check-schedule-schemas';
import { dayOf } from './check-schedule-words';

type Access = Pick<typeof connections.$inferSelect, 'platform' | 'status' | 'credentials'> & {
  grant: Pick<typeof grants.$inferSelect, 'accessExpiresAt' | 'refreshExpiresAt'> | null;
};

/** Returns the warning for a connection that has expired, or will have expired when the post is due. Pure. */
export function accessWarning(
  one: PostToCheck,
  row: Access,
  now: Date,
  zone: string,
): ScheduleWarning | null {
  const base = {
    connectionId: one.connectionId,
    platform: one.platform,
    connectionName: one.connectionName,
    better: null,
    fix: { label: fact('preflight.actions.reconnect'), href: '/connections' },
  };
  const who = { account: one.connectionName, platform: one.platformName };
  if (row.status !== 'active')
    return {
      ...base,
      code: 'connection_expired',
      message:
        row.status === 'disconnected'
          ? fact('preflight.problems.connectionGone', who)
          : fact('preflight.problems.connectionExpired', who),
      refused: true,
    };
  const renews = isPlatformId(row.platform) && isRenewed(row.platform);
  // The end of an account's own token is not known.
  const ends = row.credentials === null ? row.grant : null;
  const end = ends?.refreshExpiresAt ?? (renews ? null : ends?.accessExpiresAt);
  if (!end || end > one.dueAt) return null;
  if (end <= now)
    return {
      ...base,
      code: 'connection_expired',
      message: fact('preflight.problems.connectionExpired', who),
      refused: false,
    };
  const said = { ...who, day: dayOf(end, zone) };
  return {
    ...base,
    code: 'connection_expires',
    message: renews
      ? fact('preflight.problems.connectionMayEnd', said)
      : fact('preflight.problems.connectionEnds', said),
    refused: false,
  };
}

function isRenewed(platform: Parameters<typeof platformManifest>[0]): boolean {
  const manifest = platformManifest(platform);
  return manifest.kind === 'api' && renewsItself(manifest.auth);
}
