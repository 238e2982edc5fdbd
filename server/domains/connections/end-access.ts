import { and, eq } from 'drizzle-orm';
import { grants } from '@/db/schema';
import { endToken, revokeUserAccess } from '@/server/connectors/host/call';
import type { Secrets } from '@/server/connectors/host/tokens';
import type { Environment } from '@/server/connectors/kit/types';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { secretsOf } from './credentials';
import { transportInUse } from './load-target';
import { clientAt } from './platform-client';
import type { Grant } from './unused-grants';

type Base = Pick<Ctx, 'db' | 'clock'>;

export interface Access {
  platform: string;
  environment: Environment;
  /** Base address of the server; empty where there is none. */
  server: string;
  grantedBy: string | null;
  /** Decrypted tokens; null if there are none left. */
  secrets: Secrets | null;
}
/**
 * `ended`: confirmed by the platform. `shared`: revoking would affect all of the user's accounts, and another one is still in use.
 * `manual`: the platform has no API for it; the user must do it there. `failed`: not confirmed.
 */
export type Ended = 'ended' | 'shared' | 'by_hand' | 'failed';

/**
 * Asks the platform to revoke access that is no longer used here. Call it outside a transaction, after the rows that used it are
 * deleted. Never throws, because the deletion here stands whatever the platform responds.
 */
export async function endAccess(ctx: Base, access: Access): Promise<Ended> {
  // Nobody signed in there.
  if (platformManifest(access.platform).kind === 'manual') return 'ended';
  const connector = await connectorOf(access.platform);
  if (!connector) return 'failed';
  const { auth } = connector.manifest;
  if (auth.kind === 'none') return 'ended';
  const place = { environment: access.environment, server: access.server || null };
  try {
    const known = await clientAt(ctx, connector.manifest, place);
    if (!known) return 'failed';
    const target = { connector, ...known, ...place, clock: ctx.clock, transport: transportInUse() };
    switch (auth.ending) {
      case 'by_hand':
        return 'by_hand';
      case 'token':
        if (!access.secrets) return 'failed';
        await endToken(target, access.secrets);
        return 'ended';
      case 'person':
        if (!access.grantedBy) return 'failed';
        if (await isShared(ctx, { ...access, grantedBy: access.grantedBy })) return 'shared';
        await revokeUserAccess(target, access.grantedBy);
        return 'ended';
    }
  } catch (error) {
    log().warn(
      { err: error, platform: access.platform },
      'the platform did not confirm that access was revoked',
    );
    return 'failed';
  }
}

/** Ends the access of a deleted grant, like `endAccess`. */
export const endGrantAccess = (ctx: Base, grant: Grant): Promise<Ended> =>
  endAccess(ctx, { ...grant, secrets: secretsOf(grant) });

/**
 * Whether a grant in any workspace depends on this user's authorization. One user may have connected Pages in two workspaces, and revoking
 * access for one must not break the other.
 */
function isShared(
  ctx: Base,
  { platform, environment, server, grantedBy }: Access & { grantedBy: string },
): Promise<boolean> {
  return ctx.db.asSystem(
    async (tx) =>
      (await tx.$count(
        grants,
        and(
          eq(grants.platform, platform),
          eq(grants.environment, environment),
          eq(grants.server, server),
          eq(grants.grantedBy, grantedBy),
        ),
      )) > 0,
  );
}
