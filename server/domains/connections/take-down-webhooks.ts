import { and, eq, ne } from 'drizzle-orm';
import { connections, grants } from '@/db/schema';
import type { Secrets } from '@/server/connectors/host/tokens';
import { takeDownWebhooks as takeDown, type Webhooks, webhooksOf } from '@/server/connectors/host/webhooks';
import { connectorOf } from '@/server/connectors/registry';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { transportInUse } from './load-target';
import { clientAt } from './platform-client';
import { forgetReceiver, knownAddress, type ReceiverOf } from './webhook-receivers';

type Base = Pick<Ctx, 'db' | 'clock'>;

/**
 * Tells the platform to send no more notices about a connection that has just been disconnected, unless another connection of any workspace
 * needs them. `secrets` are those that it worked with; `wereSetUp`, whether this was tried for it. Never throws, because the connection is
 * gone whatever the platform responds; what still arrives is refused, or finds no connection.
 */
export async function takeDownWebhooks(
  ctx: Base,
  row: typeof connections.$inferSelect,
  {
    grantedBy,
    secrets,
    wereSetUp,
  }: { grantedBy: string | null; secrets: Secrets | null; wereSetUp: boolean },
): Promise<void> {
  const connector = await connectorOf(row.platform);
  const webhooks = connector && webhooksOf(connector);
  // An address of a connection or a sign-in is itself a row, which exists only if it was set up.
  if (!webhooks || (webhooks.terms.per === 'app' && !wereSetUp)) return;
  const of: ReceiverOf = { connectionId: row.id, grantedBy, ...row };
  try {
    if (await isNeeded(ctx, webhooks, of, row.remoteId)) return;
    const at = await knownAddress(ctx, webhooks, of);
    const place = { environment: row.environment, server: row.server || null };
    const known = await clientAt(ctx, connector.manifest, place);
    if (at && secrets && known) {
      const target = { connector, ...known, ...place, clock: ctx.clock, transport: transportInUse() };
      await takeDown(target, webhooks, secrets, row, at);
    }
  } catch (error) {
    log().warn(
      { err: error, platform: row.platform },
      'the platform did not confirm the end of its webhooks',
    );
  }
  await forgetReceiver(ctx, webhooks, of).catch((error: unknown) =>
    log().warn({ err: error, platform: row.platform }, 'a webhook address could not be deleted'),
  );
}

/** Whether another connection, or another sign-in of the same user, in any workspace uses what the platform sends there. */
function isNeeded(ctx: Base, { terms }: Webhooks, of: ReceiverOf, remoteId: string): Promise<boolean> {
  return ctx.db.asSystem(async (tx) => {
    switch (terms.per) {
      case 'connection':
        return false;
      case 'grant':
        return (
          of.grantedBy !== null &&
          (await tx.$count(
            grants,
            and(
              eq(grants.platform, of.platform),
              eq(grants.environment, of.environment),
              eq(grants.server, of.server),
              eq(grants.grantedBy, of.grantedBy),
            ),
          )) > 0
        );
      case 'app':
        return (
          (await tx.$count(
            connections,
            and(
              eq(connections.platform, of.platform),
              eq(connections.environment, of.environment),
              eq(connections.server, of.server),
              eq(connections.remoteId, remoteId),
              ne(connections.status, 'disconnected'),
            ),
          )) > 0
        );
    }
  });
}
