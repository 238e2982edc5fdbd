import { asc, eq, ne } from 'drizzle-orm';
import { connections, workspaces } from '@/db/schema';
import { environmentsFor } from '@/server/connectors/host/clients';
import { PLATFORM_IDS } from '@/server/connectors/kit/manifest';
import { isPlatformId, manifests } from '@/server/connectors/registry';
import { notFound } from '@/server/foundation/errors';
import { PLAN_TERMS } from '../billing/plans';
import type { Ctx } from '../context';
import type { AvailablePlatform, ConnectionView } from './schemas';

/** The workspace's connections, without those that were disconnected. */
export async function listConnections(ctx: Ctx): Promise<ConnectionView[]> {
  const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(connections)
      .where(ne(connections.status, 'disconnected'))
      .orderBy(asc(connections.createdAt), asc(connections.id)),
  );
  return rows.flatMap((row) => {
    if (!isPlatformId(row.platform)) return [];
    const { platform } = row;
    const manifest = manifests[platform];
    const rotating = manifest.available && manifest.auth.refresh === 'rotating';
    return {
      id: row.id,
      platform,
      environment: row.environment,
      status: row.status,
      remoteName: row.remoteName,
      remoteUrl: row.remoteUrl,
      problem: row.problem,
      scopes: row.scopes,
      accessExpiresAt: row.accessExpiresAt,
      endsAt: rotating ? row.refreshExpiresAt : row.accessExpiresAt,
      createdAt: row.createdAt,
      lastUsedAt: row.lastUsedAt,
    };
  });
}

/** Every platform, and whether this workspace can connect it. */
export async function availablePlatforms(ctx: Ctx): Promise<AvailablePlatform[]> {
  const plan = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await tx
      .select({ plan: workspaces.plan })
      .from(workspaces)
      .where(eq(workspaces.id, ctx.workspaceId));
    if (!row) throw notFound('workspace');
    return row.plan;
  });
  return PLATFORM_IDS.map((id): AvailablePlatform => {
    const manifest = manifests[id];
    const environments = manifest.available ? environmentsFor(id) : [];
    const base = {
      id,
      name: manifest.name,
      accountNoun: manifest.accountNoun,
      summary: manifest.summary,
      capabilities: [...manifest.capabilities],
      environments,
    };
    if (!PLAN_TERMS[plan].platforms.includes(id))
      return {
        ...base,
        state: 'upgrade',
        why: `The ${PLAN_TERMS[plan].name} plan does not include ${manifest.name}.`,
      };
    if (!manifest.available || environments.length === 0)
      return { ...base, state: 'unavailable', why: 'Not available on this installation yet.' };
    return { ...base, state: 'connectable', why: null };
  });
}
