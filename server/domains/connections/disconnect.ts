import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { connections } from '@/db/schema';
import { revoke } from '@/server/connectors/host/call';
import { clientFor } from '@/server/connectors/host/clients';
import { openTokens } from '@/server/connectors/host/tokens';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { notFound } from '@/server/foundation/errors';
import { recordActivity } from '../activity/record-activity';
import { type Ctx, requireRole } from '../context';
import { transportInUse } from './load-target';
import { resolveReconnectAlert } from './mark-broken';
import { connectionIdInput } from './schemas';

/** Forgets a connection's credentials and then asks the platform to end them. What was published stays. */
export async function disconnect({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof connectionIdInput>;
}): Promise<{ id: string; revoked: boolean }> {
  requireRole(ctx, 'manager', 'disconnect accounts');
  const { id } = connectionIdInput.parse(input);
  const before = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await tx.select().from(connections).where(eq(connections.id, id)).for('update');
    if (!row) throw notFound('connection');
    if (row.status === 'disconnected') return row;
    await tx
      .update(connections)
      .set({
        status: 'disconnected',
        credentials: null,
        accessExpiresAt: null,
        refreshExpiresAt: null,
        refreshLeaseUntil: null,
        problem: null,
      })
      .where(eq(connections.id, id));
    await resolveReconnectAlert(tx, ctx, id);
    await recordActivity(tx, ctx, {
      verb: 'connection.removed',
      subjectType: 'connection',
      subjectId: id,
      summary: `Disconnected ${platformManifest(row.platform).name}: ${row.remoteName}`,
    });
    return row;
  });
  // The credentials are gone here whatever the platform answers.
  const connector = connectorOf(before.platform);
  const client = clientFor(before.platform, before.environment);
  if (!before.credentials || !connector || !client) return { id, revoked: false };
  try {
    const secrets = openTokens(id, before.credentials);
    const target = { connector, client, environment: before.environment, clock: ctx.clock };
    return { id, revoked: await revoke({ ...target, transport: transportInUse() }, secrets) };
  } catch {
    return { id, revoked: false };
  }
}
