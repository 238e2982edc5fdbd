import { and, eq, ne, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, publications } from '@/db/schema';
import { publicUrl } from '@/server/connectors/host/clients';
import { remoteIdIn, type Site } from '@/server/connectors/kit/addresses';
import type { Hooks } from '@/server/connectors/kit/connector';
import { readByPath } from '@/server/connectors/kit/manual';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';

/**
 * Returns the platform's id contained in a post's URL; null if it contains none. Throws `invalid` if the URL is on another site, of another
 * account or of another publication, because follow-ups would be attached to the wrong post.
 */
export async function remoteIdOf(
  tx: Tx,
  ctx: Ctx,
  { id, connectionId, kind }: Pick<typeof publications.$inferSelect, 'id' | 'connectionId' | 'kind'>,
  permalink: string | undefined,
): Promise<string | null> {
  if (!permalink) return null;
  const [connection] = await tx
    .select()
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
  if (!connection) throw notFound('account');
  const known = await siteOf(connection);
  if (!known) return null;
  const { site, read, idsIn = (remoteId: string) => [remoteId] } = known;
  const params = remoteIdIn(read, permalink, connection, site, kind);
  const wrong = (why: Fact) => new AppError('invalid', why, { fields: { permalink: why } });
  if (!params.ok) throw wrong(params.why);
  if (params.remoteId === null) return null;
  const { remoteId } = params;
  const others = await tx
    .select({ remoteId: publications.remoteId })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        eq(publications.connectionId, connectionId),
        sql`position(${remoteId} in ${publications.remoteId}) > 0`,
        ne(publications.id, id),
      ),
    );
  if (others.some((other) => other.remoteId && idsIn(other.remoteId).includes(remoteId)))
    throw wrong(fact('publications.errors.otherPost'));
  return remoteId;
}

/** Returns the site on which the posts of an account are, and how their addresses are read; null if there is none. */
async function siteOf({
  platform,
  environment,
  server,
}: Pick<typeof connections.$inferSelect, 'platform' | 'environment' | 'server'>): Promise<{
  site: Site;
  read: Parameters<typeof remoteIdIn>[0];
  /** Returns the ids of all posts of a remote id, if it can name several. */
  idsIn?: Hooks['idsIn'];
} | null> {
  const manifest = platformManifest(platform);
  if (manifest.kind === 'manual') {
    const { name, web, webAliases = [] } = manifest;
    return { site: { name, web, aliases: webAliases }, read: readByPath(manifest) };
  }
  if (manifest.kind !== 'api') return null;
  const { name, web, webAliases } = manifest;
  const live = environment === 'live';
  const site = {
    name: live ? name : `${name}’s sandbox`,
    web: publicUrl(web, environment, server || null),
    aliases: live ? (webAliases ?? []) : [],
  };
  const { readAddress: read, idsIn } = (await connectorOf(platform))?.hooks ?? {};
  return { site, read, ...(idsIn ? { idsIn } : {}) };
}
