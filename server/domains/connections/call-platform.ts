import { eq } from 'drizzle-orm';
import { connections } from '@/db/schema';
import { call } from '@/server/connectors/host/call';
import {
  type Capabilities,
  type Capability,
  type ConnectorFault,
  isConnectorFault,
} from '@/server/connectors/kit/types';
import type { Ctx } from '@/server/verbs/context';
import type { ConnectionRow } from '@/server/verbs/platforms';
import { assertNotStopped } from './held';
import { loadTarget } from './load-target';
import { markBroken } from './mark-broken';

const USED_STEP_MS = 5 * 60_000;
/** What changes something at the platform. An emergency stop holds it; reading goes on. */
const CHANGING: ReadonlySet<Capability> = new Set([
  'publish',
  'remove',
  'list',
  'delist',
  'setPrice',
  'upload',
]);

/**
 * Whether a refusal of this leaves the connection as it is, because posts go out without it. A plan may keep a platform from telling
 * how posts do: the next call that counts says whether the connection is over. A connection from before lacks the permission to upload
 * pictures, and words go out as before; a token that has ended has ended for words, too.
 */
const isAside = (capability: Capability, fault: ConnectorFault): boolean =>
  capability === 'engagement' || (capability === 'upload' && fault.options.forbidden === true);

/**
 * Asks a connection's platform for something. One read in the normal case and no write. Throws ConnectorFault; on `reauth`
 * the connection is marked and an alert raised, unless it was asked how posts do, or only the permission to upload is missing.
 * `onRequestSent` is called when the first request that changes something is about to leave. While an emergency stop holds the
 * workspace, what changes something is refused (`transient`, `held`) before a request leaves. Never call it inside a transaction.
 */
export async function callPlatform<C extends Capability>({
  ctx,
  connectionId,
  capability,
  input,
  onRequestSent,
  row,
}: {
  ctx: Ctx;
  connectionId: string;
  capability: C;
  input: Capabilities[C]['input'];
  onRequestSent?: (() => void) | undefined;
  /** The connection, when the caller has just read it. */
  row?: ConnectionRow | undefined;
}): Promise<Capabilities[C]['output']> {
  const changes = CHANGING.has(capability);
  const { target, lastUsedAt } = await loadTarget(ctx, connectionId, row, changes);
  // A work of several requests ends at the first one after the stop. Who brings the row has looked in the same statement.
  if (changes && !row) target.mayChange = () => assertNotStopped(ctx);
  try {
    const output = await call(target, capability, input, onRequestSent);
    await touch(ctx, connectionId, lastUsedAt);
    return output;
  } catch (error) {
    if (isConnectorFault(error) && error.kind === 'reauth' && !isAside(capability, error))
      // What the platform said matters more than that we could not write it down.
      await markBroken(ctx, connectionId, error).catch(() => {});
    throw error;
  }
}

/** When a connection was last used is worth knowing to five minutes, not a write for every call. */
async function touch(ctx: Ctx, connectionId: string, lastUsedAt: Date | null): Promise<void> {
  const now = ctx.clock.now();
  if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < USED_STEP_MS) return;
  await ctx.db
    .asWorkspace(ctx.workspaceId, (tx) =>
      tx.update(connections).set({ lastUsedAt: now }).where(eq(connections.id, connectionId)),
    )
    .catch(() => {});
}
