import { and, eq, notExists, sql } from 'drizzle-orm';
import { connections, grants, webhookReceivers } from '@/db/schema';
import { clientFor } from '@/server/connectors/host/clients';
import {
  appAt,
  type Receiver,
  type Webhooks,
  webhookAddress,
  webhooksOf,
} from '@/server/connectors/host/webhooks';
import type { ClientPair, Connector } from '@/server/connectors/kit/connector';
import type { Environment } from '@/server/connectors/kit/types';
import type { WebhookAddress } from '@/server/connectors/kit/webhooks';
import { connectorOf } from '@/server/connectors/registry';
import { randomToken, seal, unseal } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';
import { idPattern } from '@/server/foundation/id-prefix';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';

type Base = Pick<Ctx, 'db' | 'clock'>;
const sealContext = (id: string): string => `webhook:${id}`;

/** What an address belongs to, at the platform or here. */
export interface ReceiverOf {
  connectionId: string;
  platform: string;
  environment: Environment;
  server: string;
  /** The platform's id of the user who signed in; null if it is not known. */
  grantedBy: string | null;
}

/** Returns what the notices of an address are about, or null if it is not known. */
export const subjectOf = ({ terms }: Webhooks, of: ReceiverOf): string | null =>
  terms.per === 'connection' ? of.connectionId : of.grantedBy;

const isSubject = ({ platform, environment, server }: ReceiverOf, subject: string) =>
  and(
    eq(webhookReceivers.platform, platform),
    eq(webhookReceivers.environment, environment),
    eq(webhookReceivers.server, server),
    eq(webhookReceivers.subject, subject),
  );

/**
 * Returns the address at which a platform reports about a connection, which is created if there is none yet. Null if the platform reports
 * per user and the user is not known.
 */
export async function addressFor(
  ctx: Base,
  webhooks: Webhooks,
  of: ReceiverOf,
): Promise<WebhookAddress | null> {
  const { platform, environment, server } = of;
  if (webhooks.terms.per === 'app') return webhookAddress(platform, webhooks.terms, environment);
  const subject = subjectOf(webhooks, of);
  if (subject === null) return null;
  const id = newId('webhookReceiver', ctx.clock.now().getTime());
  const secret = seal(randomToken(), sealContext(id));
  const [row] = await ctx.db.asSystem(async (tx) => {
    await tx
      .insert(webhookReceivers)
      .values({ id, platform, environment, server, subject, secret, createdAt: ctx.clock.now() })
      .onConflictDoNothing();
    const rows = await tx.select().from(webhookReceivers).where(isSubject(of, subject));
    if (rows[0] && opened(rows[0])) return rows;
    // The keys of the installation were replaced since.
    const fresh = seal(randomToken(), sealContext(rows[0]?.id ?? ''));
    return tx.update(webhookReceivers).set({ secret: fresh }).where(isSubject(of, subject)).returning();
  });
  const at = row && opened(row);
  return at ? webhookAddress(platform, webhooks.terms, at) : null;
}

/** Returns the address of a connection without creating one. Null if there is none, or its secret can no longer be decrypted. */
export async function knownAddress(
  ctx: Base,
  webhooks: Webhooks,
  of: ReceiverOf,
): Promise<WebhookAddress | null> {
  const { terms } = webhooks;
  if (terms.per === 'app') return webhookAddress(of.platform, terms, of.environment);
  const subject = subjectOf(webhooks, of);
  if (subject === null) return null;
  const [row] = await ctx.db.asSystem((tx) =>
    tx.select().from(webhookReceivers).where(isSubject(of, subject)),
  );
  const at = row && opened(row);
  return at ? webhookAddress(of.platform, terms, at) : null;
}

/** Forgets an address that is no longer used. What still arrives there is refused. */
export async function forgetReceiver(ctx: Base, webhooks: Webhooks, of: ReceiverOf): Promise<void> {
  const subject = subjectOf(webhooks, of);
  if (webhooks.terms.per === 'app' || subject === null) return;
  await ctx.db.asSystem((tx) => tx.delete(webhookReceivers).where(isSubject(of, subject)));
}

/** Opens an address. Null if its secret can no longer be decrypted. */
function opened({ id, secret }: typeof webhookReceivers.$inferSelect): Receiver | null {
  try {
    return { id, secret: unseal(secret, sealContext(id)) };
  } catch {
    return null;
  }
}

/** An address of ours, and what is known of it. */
export interface Found {
  connector: Connector;
  webhooks: Webhooks;
  at: Receiver | Environment;
  environment: Environment;
  /** Of an address that is not that of an app: the server of its account, and what its notices are about. */
  of: { server: string; subject: string } | null;
  client: ClientPair | null;
  /** The secret that the platform proves itself with, unless it signs with one of its own. */
  secret: string;
}

/** Finds an address by the parts of its path. Null if there is none. Whether the request proves itself is still to be checked. */
export async function findReceiver(ctx: Base, platform: string, part: string): Promise<Found | null> {
  const connector = await connectorOf(platform);
  const webhooks = connector && webhooksOf(connector);
  if (!webhooks) return null;
  const found = await readReceiver(ctx, platform, webhooks, part);
  if (!found || (found.environment === 'sandbox' && !env().sandbox)) return null;
  const client = clientFor(platform, found.environment);
  const { secret } = webhookAddress(platform, webhooks.terms, found.at);
  return { connector, webhooks, ...found, client, secret };
}

async function readReceiver(
  ctx: Base,
  platform: string,
  { terms }: Webhooks,
  part: string,
): Promise<Pick<Found, 'at' | 'environment' | 'of'> | null> {
  if (terms.per === 'app') {
    const environment = appAt(platform, terms, part);
    return environment && { at: environment, environment, of: null };
  }
  const [id = ''] = part.split('.');
  if (!idPattern('webhookReceiver').test(id)) return null;
  const [row] = await ctx.db.asSystem((tx) =>
    tx
      .select()
      .from(webhookReceivers)
      .where(and(eq(webhookReceivers.id, id), eq(webhookReceivers.platform, platform))),
  );
  const at = row && opened(row);
  if (!at) return null;
  const { environment, server, subject } = row;
  return { at, environment, of: { server, subject } };
}

/** Deletes the addresses of connections and sign-ins that are no more, such as those of a deleted workspace. */
export const dropUnusedReceivers = ({ db }: Pick<Ctx, 'db'>): Promise<unknown> =>
  db.asSystem((tx) =>
    tx
      .delete(webhookReceivers)
      .where(
        and(
          notExists(
            sql`(select from ${connections} c where c.id = ${webhookReceivers.subject} and c.status <> 'disconnected')`,
          ),
          notExists(
            sql`(select from ${grants} g where g.platform = ${webhookReceivers.platform} and g.granted_by = ${webhookReceivers.subject})`,
          ),
        ),
      ),
  );
