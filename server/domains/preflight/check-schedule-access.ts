import type { connections } from '@/db/schema';
import { isPlatformId } from '@/server/connectors/faces';
import { type Lifetimes, lapses, signInEnds } from '@/server/connectors/kit/manifest';
import { platformManifest } from '@/server/connectors/manifests';
import { fact } from '@/server/foundation/facts';
import type { PostToCheck } from './check-schedule-limits';
import type { ScheduleWarning } from './check-schedule-schemas';
import { dayOf } from './check-schedule-words';

type Access = Pick<typeof connections.$inferSelect, 'platform' | 'status' | 'credentials'> & {
  grant: Lifetimes | null;
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
  const manifest = isPlatformId(row.platform) ? platformManifest(row.platform) : null;
  // The end of an account's own token is not known.
  const grant = row.credentials === null && manifest?.kind === 'api' ? row.grant : null;
  const certain = manifest?.kind === 'api' && grant ? signInEnds(manifest.auth, grant) : null;
  const end = certain ?? (manifest?.kind === 'api' && grant ? lapses(manifest.auth, grant) : null);
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
    message: certain
      ? fact('preflight.problems.connectionEnds', said)
      : fact('preflight.problems.connectionMayEnd', said),
    refused: false,
  };
}
