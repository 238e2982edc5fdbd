import { and, eq } from 'drizzle-orm';
import { oauthClients } from '@/db/schema';
import { clientFor, environmentsFor, needsClient, redirectUri } from '@/server/connectors/host/clients';
import { registerClient } from '@/server/connectors/host/sign-in';
import type { Transport } from '@/server/connectors/host/transport';
import type { ClientPair, Connector } from '@/server/connectors/kit/connector';
import type { AvailableManifest } from '@/server/connectors/kit/manifest';
import type { Environment } from '@/server/connectors/kit/types';
import { seal, unseal } from '@/server/foundation/crypto';
import type { Ctx } from '@/server/verbs/context';

type Base = Pick<Ctx, 'db' | 'clock'>;

/** Where users sign in. `server` is null if the platform is one site. */
export interface Place {
  environment: Environment;
  server: string | null;
}

const sealContext = (platform: string, { environment, server }: Place): string =>
  `client:${platform}:${environment}:${server}`;
const isAt = (platform: string, { environment, server }: Place) =>
  and(
    eq(oauthClients.platform, platform),
    eq(oauthClients.environment, environment),
    eq(oauthClients.server, server ?? ''),
  );
const registers = ({ auth }: AvailableManifest): boolean =>
  auth.kind === 'oauth2' && auth.registration === 'per_server';

/**
 * Returns this installation's client at a platform: that of the settings, or the one that the server registered; `client` is null if the
 * platform has none, or the server's registration is gone. Returns null if the platform is not set up here.
 */
export async function clientAt(
  ctx: Base,
  manifest: AvailableManifest,
  place: Place,
): Promise<{ client: ClientPair | null } | null> {
  if (needsClient(manifest)) {
    const client = clientFor(manifest.id, place.environment);
    return client && { client };
  }
  if (!environmentsFor(manifest).includes(place.environment)) return null;
  return {
    client: registers(manifest) ? ((await readClient(ctx, manifest.id, place))?.client ?? null) : null,
  };
}

async function readClient(
  ctx: Base,
  platform: string,
  place: Place,
): Promise<{ client: ClientPair; redirectUri: string } | null> {
  const [row] = await ctx.db.asSystem((tx) => tx.select().from(oauthClients).where(isAt(platform, place)));
  if (!row) return null;
  return {
    client: {
      clientId: row.clientId,
      clientSecret: unseal(row.clientSecret, sealContext(platform, place)),
    },
    redirectUri: row.redirectUri,
  };
}

/**
 * Returns this installation's client at a server, registered now if it is not yet, or no longer for the present redirect address. Throws
 * ConnectorFault if the server refuses.
 */
export async function clientForSignIn(
  ctx: Base,
  connector: Connector,
  place: Place,
  transport?: Transport,
): Promise<{ client: ClientPair | null } | null> {
  const { manifest } = connector;
  const known = await clientAt(ctx, manifest, place);
  if (!known || !registers(manifest)) return known;
  const registered = await readClient(ctx, manifest.id, place);
  const redirect = redirectUri(manifest, place.server);
  if (registered?.redirectUri === redirect) return registered;
  const client = await registerClient(
    { connector, ...place, client: null, clock: ctx.clock, transport },
    redirect,
  );
  const values = {
    clientId: client.clientId,
    clientSecret: seal(client.clientSecret, sealContext(manifest.id, place)),
    redirectUri: redirect,
    createdAt: ctx.clock.now(),
  };
  await ctx.db.asSystem((tx) =>
    tx
      .insert(oauthClients)
      .values({
        platform: manifest.id,
        environment: place.environment,
        server: place.server ?? '',
        ...values,
      })
      .onConflictDoUpdate({
        target: [oauthClients.platform, oauthClients.environment, oauthClients.server],
        set: values,
      }),
  );
  return { client };
}

/** Forgets a registration that its server no longer accepts, so that the next sign-in registers again. */
export async function forgetClient(
  ctx: Base,
  platform: string,
  place: Place,
  clientId: string,
): Promise<void> {
  await ctx.db.asSystem((tx) =>
    tx.delete(oauthClients).where(and(isAt(platform, place), eq(oauthClients.clientId, clientId))),
  );
}
