import { and, asc, eq, exists, gt, isNotNull, isNull, lt, lte, or, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections, grants } from '@/db/schema';
import { renewEarly } from '@/server/connectors/host/call';
import { type ConnectorFault, isConnectorFault } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/registry';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { fact } from '@/server/foundation/facts';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { raiseAlert } from '../alerts/raise-alert';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { renewalAlertKey } from './alert-keys';
import { loadGrant } from './load-target';
import { markGrantEnded } from './mark-broken';

/** The sweep renews tokens that expire within this time, so that a call rarely has to. */
export const EARLY_MS = 15 * 60_000;
/** A refresh token that goes unused for its whole lifetime expires, so it is renewed well before. */
const KEEP_ALIVE_MS = 7 * 24 * 3_600_000;
const BATCH = 100;
/** First wait after a failed renewal; matches the interval of the sweep. */
const FIRST_WAIT_MS = 5 * 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;

/** Returns how long the sweep waits after this many consecutive failures: 5, 10, 20, 40, 60 … minutes. */
export const waitAfter = (tries: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, tries - 1));

/** Whether a connection works with the credentials of this grant. */
const IN_USE = exists(
  sql`(select from ${connections} c where c.grant_id = ${grants.id} and c.status = 'active' and c.credentials is null)`,
);

/**
 * Finds grants whose tokens expire soon. Those that never failed come first, most urgent first. Failing ones wait longer each time, so that
 * they cannot block the others.
 */
export async function findExpiring(at: {
  db: Db;
  clock: Clock;
}): Promise<{ workspaceId: WorkspaceId; grantId: string }[]> {
  const now = at.clock.now().getTime();
  const rows = await at.db.asSystem((tx) =>
    tx
      .select({ workspaceId: grants.workspaceId, grantId: grants.id })
      .from(grants)
      .where(
        and(
          isNull(grants.endedAt),
          isNotNull(grants.credentials),
          or(
            isNull(grants.renewAfter),
            lte(grants.renewAfter, new Date(now)),
            gt(grants.renewAfter, latestStored(new Date(now), LONGEST_WAIT_MS)),
          ),
          or(
            lt(grants.accessExpiresAt, new Date(now + EARLY_MS)),
            lt(grants.refreshExpiresAt, new Date(now + KEEP_ALIVE_MS)),
          ),
          IN_USE,
        ),
      )
      .orderBy(sql`${grants.renewAfter} nulls first`, asc(grants.accessExpiresAt))
      .limit(BATCH),
  );
  return rows.map((row) => ({ ...row, workspaceId: asWorkspaceId(row.workspaceId) }));
}

/**
 * Renews a grant's token if it expires soon. Its connections are marked only if the platform explicitly reports that the grant has ended.
 * Any other problem is left to a later sweep and raises an alert if it persists or if the platform refuses this installation.
 */
export async function refreshGrant({
  ctx,
  grantId,
}: {
  ctx: Ctx;
  grantId: string;
}): Promise<'renewed' | 'broken' | 'later'> {
  try {
    await renewEarly(await loadGrant(ctx, grantId), EARLY_MS);
    return 'renewed';
  } catch (error) {
    if (!isConnectorFault(error)) {
      // Whatever failed must not be found first again and again.
      log().error({ err: error, grant: grantId }, 'a sign-in could not be renewed');
      await noteFailure(ctx, grantId, null);
      return 'later';
    }
    if (error.kind === 'reauth') {
      await markGrantEnded(ctx, grantId, error);
      return 'broken';
    }
    await noteFailure(ctx, grantId, error);
    return 'later';
  }
}

async function noteFailure(ctx: Ctx, grantId: string, fault: ConnectorFault | null): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspaceShared(tx, ctx.workspaceId);
    const [row] = await tx
      .update(grants)
      .set({ renewTries: sql`${grants.renewTries} + 1` })
      .where(and(eq(grants.id, grantId), isNull(grants.endedAt)))
      .returning();
    if (!row) return;
    await tx
      .update(grants)
      .set({ renewAfter: new Date(now.getTime() + waitAfter(row.renewTries)) })
      .where(eq(grants.id, grantId));
    const { name } = platformManifest(row.platform);
    const installation = fault?.options.installation === true;
    // For the operator: the platform, the sign-in and the platform's response.
    log()[installation ? 'error' : 'warn'](
      {
        platform: row.platform,
        grant: grantId,
        status: fault?.options.status,
        code: fault?.options.vendorCode,
        tries: row.renewTries,
      },
      installation
        ? `${name} refuses this installation: check its client id and secret`
        : 'a sign-in could not be renewed',
    );
    const over = row.accessExpiresAt !== null && row.accessExpiresAt <= now;
    if (!installation && !over) return;
    const waiting = await tx
      .select({ id: connections.id, account: connections.remoteName })
      .from(connections)
      .where(
        and(
          eq(connections.grantId, grantId),
          eq(connections.status, 'active'),
          isNull(connections.credentials),
        ),
      );
    for (const { id, account } of waiting)
      await raiseAlert(tx, ctx, {
        key: renewalAlertKey(id),
        severity: 'warning',
        title: fact('connections.alerts.renewal.title', { platform: name, account }),
        body: installation
          ? fact('connections.alerts.renewal.installation', { platform: name })
          : fact('connections.alerts.renewal.retried'),
        href: '/connections',
      });
  });
}
