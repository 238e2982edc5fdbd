import { and, asc, eq, isNotNull, lt, or } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections } from '@/db/schema';
import { renewEarly } from '@/server/connectors/host/call';
import { isConnectorFault } from '@/server/connectors/kit/types';
import type { Clock } from '@/server/foundation/clock';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import type { Ctx } from '../context';
import { loadTarget } from './load-target';
import { markBroken } from './mark-broken';

/** Tokens that end within this time are renewed by the sweep, so that a call rarely has to. */
export const EARLY_MS = 15 * 60_000;
/** A refresh token that is left alone for its whole life ends; it is renewed well before. */
const KEEP_ALIVE_MS = 7 * 24 * 3_600_000;
const BATCH = 100;

/** The connections whose tokens end soon, the most urgent first. */
export async function findExpiring(at: {
  db: Db;
  clock: Clock;
}): Promise<{ workspaceId: WorkspaceId; connectionId: string }[]> {
  const now = at.clock.now().getTime();
  const rows = await at.db.asSystem((tx) =>
    tx
      .select({ workspaceId: connections.workspaceId, connectionId: connections.id })
      .from(connections)
      .where(
        and(
          eq(connections.status, 'active'),
          isNotNull(connections.credentials),
          or(
            lt(connections.accessExpiresAt, new Date(now + EARLY_MS)),
            lt(connections.refreshExpiresAt, new Date(now + KEEP_ALIVE_MS)),
          ),
        ),
      )
      .orderBy(asc(connections.accessExpiresAt))
      .limit(BATCH),
  );
  return rows.map((row) => ({ ...row, workspaceId: asWorkspaceId(row.workspaceId) }));
}

/** Renews one connection's token when it ends soon. A refusal marks the connection; other troubles wait for the next sweep. */
export async function refreshConnection({
  ctx,
  connectionId,
}: {
  ctx: Ctx;
  connectionId: string;
}): Promise<'renewed' | 'broken' | 'later'> {
  try {
    const { target } = await loadTarget(ctx, connectionId);
    await renewEarly(target, EARLY_MS);
    return 'renewed';
  } catch (error) {
    if (!isConnectorFault(error)) throw error;
    if (error.kind !== 'reauth') return 'later';
    await markBroken(ctx, connectionId, error);
    return 'broken';
  }
}
