import { eq } from 'drizzle-orm';
import { connections } from '@/db/schema';
import { call } from '@/server/connectors/host/call';
import { endsConnection, termsOf } from '@/server/connectors/kit/capabilities';
import { mayUse } from '@/server/connectors/kit/manifest';
import {
  type Capabilities,
  type Capability,
  ConnectorFault,
  isConnectorFault,
} from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import type { ConnectionRow } from '@/server/verbs/platforms';
import { assertNotStopped } from './held';
import { loadTarget } from './load-target';
import { markBroken } from './mark-broken';

const USED_STEP_MS = 5 * 60_000;

/**
 * Calls a connection's platform. Takes one read and no write in the normal case. Throws ConnectorFault; on `reauth` the connection is
 * marked and an alert raised, unless the connection works without the capability (`endsConnection`). What was not granted is not tried
 * (`rejected`). `beforeEffect` is called just
 * before the first request that changes something is sent. While an emergency stop holds the workspace, what may not run during it is
 * refused (`transient`, `held`) before any request is sent. Must not be called inside a transaction.
 */
export async function callPlatform<C extends Capability>({
  ctx,
  connectionId,
  capability,
  input,
  beforeEffect,
  row,
}: {
  ctx: Ctx;
  connectionId: string;
  capability: C;
  input: Capabilities[C]['input'];
  beforeEffect?: (() => void) | undefined;
  /** The connection, if the caller has just read it. */
  row?: ConnectionRow | undefined;
}): Promise<Capabilities[C]['output']> {
  const stoppable = !termsOf(capability).duringStop;
  const { target, lastUsedAt, granted } = await loadTarget(ctx, connectionId, { row, changes: stoppable });
  const { manifest } = target.connector;
  if (!mayUse(manifest.auth, capability, { remoteId: target.account.remoteId, granted }))
    throw new ConnectorFault('rejected', fact('connectors.errors.notGranted', { platform: manifest.name }));
  // An operation of several requests ends at the first request after the stop. A caller that passes `row` checked for a stop in the same
  // statement.
  if (stoppable && !row) target.assertMayChange = () => assertNotStopped(ctx);
  try {
    const output = await call(target, capability, input, beforeEffect);
    await touch(ctx, connectionId, lastUsedAt);
    return output;
  } catch (error) {
    if (isConnectorFault(error) && error.kind === 'reauth' && endsConnection(capability, error))
      // The platform's error matters more than a failure to record it.
      await markBroken(ctx, connectionId, error).catch((failure: unknown) =>
        log().warn({ err: failure, connection: connectionId }, 'a broken connection could not be marked'),
      );
    throw error;
  }
}

/** Records when a connection was last used, to within five minutes, which avoids a write per call. */
async function touch(ctx: Ctx, connectionId: string, lastUsedAt: Date | null): Promise<void> {
  const now = ctx.clock.now();
  if (lastUsedAt && Math.abs(now.getTime() - lastUsedAt.getTime()) < USED_STEP_MS) return;
  await ctx.db
    .asWorkspace(ctx.workspaceId, (tx) =>
      tx.update(connections).set({ lastUsedAt: now }).where(eq(connections.id, connectionId)),
    )
    .catch(() => {});
}
