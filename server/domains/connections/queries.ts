import { and, asc, desc, eq, gt, ne } from 'drizzle-orm';
import { z } from 'zod';
import {
  connectionChoices,
  connections,
  connectionWebhooks,
  grants,
  syncCursors,
  workspaces,
} from '@/db/schema';
import { isPlatformId } from '@/server/connectors/faces';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { canReceive, environmentsFor, isOnServer, publicUrl } from '@/server/connectors/host/clients';
import {
  endsByHand,
  lapses,
  type Manifest,
  mayUse,
  missingAccess,
  signInFields,
} from '@/server/connectors/kit/manifest';
import type { Environment } from '@/server/connectors/kit/types';
import { manifests, platformManifest } from '@/server/connectors/registry';
import { notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { defineVerb, nothing } from '@/server/verbs/define';
import { PLAN_TERMS } from '../plans/plans';
import { readWorkspace } from '../workspaces/read-workspace';
import { grantEnds } from './announce-endings';
import { appsPageOf } from './apps-page';
import { PROFILE_FIELD } from './connect-manual';
import { countConnections } from './connection-limits';
import { listsMore } from './lists-more';
import type { ownLimitsOutput } from './own-limits-schema';
import { postsAfterEnd } from './posts-after-end';
import { knownConnections } from './put-connection';
import {
  type AvailablePlatform,
  availablePlatformSchema,
  connectionChoiceSchema,
  connectionSchema,
} from './schemas';

/** Lists the workspace's connections, except disconnected ones. */
export const listConnections = defineVerb({
  verb: 'connections.list',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: z.array(connectionSchema),
  run: async (ctx) => {
    const { rows, after } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const found = await tx
        .select({
          row: connections,
          grant: grants,
          stuckSince: syncCursors.stuckSince,
          webhooks: connectionWebhooks,
        })
        .from(connections)
        .leftJoin(grants, eq(grants.id, connections.grantId))
        .leftJoin(
          syncCursors,
          and(eq(syncCursors.connectionId, connections.id), eq(syncCursors.kind, 'sales')),
        )
        .leftJoin(connectionWebhooks, eq(connectionWebhooks.connectionId, connections.id))
        .where(ne(connections.status, 'disconnected'))
        .orderBy(asc(connections.createdAt), asc(connections.id));
      const endings = found.flatMap(({ row, grant }) => {
        const ends = endOf(row, grant);
        return ends && row.status === 'active' ? [{ connectionId: row.id, ends }] : [];
      });
      return { rows: found, after: await postsAfterEnd(tx, endings) };
    });
    return rows.flatMap(({ row, grant, stuckSince, webhooks }) => {
      if (!isPlatformId(row.platform)) return [];
      const { platform } = row;
      const manifest = manifests[platform];
      const auth = manifest.kind === 'api' ? manifest.auth : null;
      const granted = grant?.scopes ?? [];
      return {
        id: row.id,
        platform,
        environment: row.environment,
        status: row.status,
        remoteName: row.remoteName,
        remoteUrl: row.remoteUrl,
        problem: row.problem,
        byHand:
          auth && endsByHand(auth)
            ? appsPageOf(platform, { environment: row.environment, server: row.server || null })
            : null,
        limits: row.limits as z.output<typeof ownLimitsOutput> | null,
        capabilities: manifest.capabilities.filter(
          (one) => !auth || mayUse(auth, one, { remoteId: row.remoteId, granted }),
        ),
        missing: auth && grant ? missingAccess(auth, { granted, requested: grant.requested }) : [],
        grant: grant && { id: grant.id, signedInAs: grant.signedInAs, listsMore: listsMore(grant) },
        hasOptions: (ctx.platforms.traits(platform)?.options ?? []).length > 0,
        endsAt: endOf(row, grant),
        postsAfterEnd: after.get(row.id) ?? 0,
        lapsesAt: auth && grant && row.credentials === null ? lapses(auth, grant) : null,
        createdAt: row.createdAt,
        lastUsedAt: row.lastUsedAt,
        feedStuckSince: stuckSince,
        updates: updatesOf(manifest, row.environment, webhooks),
      };
    });
  },
});

/** Returns when the user has to sign in again for a connection. The end of an account's own token is not known. */
const endOf = (
  row: typeof connections.$inferSelect,
  grant: typeof grants.$inferSelect | null,
): Date | null => (grant && row.credentials === null ? grantEnds(grant) : null);

/** Says how soon changes at a platform show here, if it reports them by itself. */
function updatesOf(
  manifest: Manifest,
  environment: Environment,
  webhooks: typeof connectionWebhooks.$inferSelect | null,
): Fact | null {
  if (manifest.kind !== 'api' || !manifest.webhooks) return null;
  const of = { platform: manifest.name };
  if (!canReceive(environment)) return fact('connections.updates.unreachable', of);
  if (webhooks?.state === 'on') return fact('connections.updates.atOnce', of);
  return webhooks?.problem
    ? fact('connections.updates.off', { ...of, problem: webhooks.problem })
    : fact('connections.updates.pending', of);
}

/** Returns this member's newest open choice, or null. Other members cannot see it. */
export const openChoice = defineVerb({
  verb: 'connections.choice',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: connectionChoiceSchema.nullable(),
  run: async (ctx) => {
    if (ctx.actor.kind !== 'member') return null;
    const { userId } = ctx.actor;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [found] = await tx
        .select({ choice: connectionChoices, grant: grants })
        .from(connectionChoices)
        .innerJoin(grants, eq(grants.id, connectionChoices.grantId))
        .where(and(eq(connectionChoices.userId, userId), gt(connectionChoices.expiresAt, ctx.clock.now())))
        .orderBy(desc(connectionChoices.createdAt))
        .limit(1);
      if (!found || !isPlatformId(found.grant.platform)) return null;
      const { choice, grant } = found;
      const { platform } = found.grant;
      const workspace = await readWorkspace(tx, ctx);
      const live = (await knownConnections(tx, grant)).filter((c) => c.status !== 'disconnected');
      const connected = new Set(live.map((c) => c.remoteId));
      const most = PLAN_TERMS[workspace.plan].limits.connections;
      return {
        id: choice.id,
        platform,
        environment: grant.environment,
        expiresAt: choice.expiresAt,
        room: most === null ? null : Math.max(0, most - (await countConnections(tx))),
        accounts: choice.accounts.map(({ remoteId, name, url }) => ({
          remoteId,
          name,
          url,
          connected: connected.has(remoteId),
        })),
      };
    });
  },
});

function nothingToConnect(manifest: Manifest, environment: Environment | undefined) {
  if (manifest.kind !== 'api' || !manifest.nothingToConnect || !environment) return null;
  const { title, words, label, address } = manifest.nothingToConnect;
  if (isOnServer(address)) return null;
  return { title, words, label, url: publicUrl(address, environment) };
}

function signInOf(manifest: Manifest, environments: readonly Environment[]): AvailablePlatform['signIn'] {
  if (manifest.kind === 'manual') {
    const field = { id: PROFILE_FIELD, ...manifest.profile, secret: false, maxLength: 300 };
    return { redirects: false, fields: [field], server: null, pages: [] };
  }
  if (manifest.kind !== 'api') return { redirects: true, fields: [], server: null, pages: [] };
  const { auth, server } = manifest;
  return {
    redirects: auth.kind === 'oauth2',
    fields: signInFields(auth).map(({ id, label, help, kind, maxLength, example }) => ({
      id,
      label,
      help,
      secret: kind === 'secret',
      maxLength,
      example: example ?? null,
    })),
    server: server
      ? { label: server.label, help: server.help, example: server.example, usual: server.default ?? '' }
      : null,
    pages:
      auth.kind === 'fields'
        ? environments.flatMap((environment) => {
            const page = appsPageOf(manifest.id, { environment, server: null });
            return page ? [{ environment, ...page }] : [];
          })
        : [],
  };
}

/** Lists every platform and whether this workspace can connect it. */
export const availablePlatforms = defineVerb({
  verb: 'connections.available',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: z.array(availablePlatformSchema),
  run: async (ctx) => {
    const plan = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx
        .select({ plan: workspaces.plan })
        .from(workspaces)
        .where(eq(workspaces.id, ctx.workspaceId));
      if (!row) throw notFound('workspace');
      return row.plan;
    });
    return PLATFORM_IDS.map((id): AvailablePlatform => {
      const manifest = platformManifest(id);
      const environments: Environment[] =
        manifest.kind === 'api' ? environmentsFor(manifest) : manifest.kind === 'manual' ? ['live'] : [];
      const base = {
        id,
        name: manifest.name,
        accountNoun: manifest.accountNoun,
        summary: manifest.summary,
        capabilities: [...manifest.capabilities],
        environments,
        signIn: signInOf(manifest, environments),
        nothingToConnect: nothingToConnect(manifest, environments[0]),
      };
      if (environments.length === 0)
        return { ...base, state: 'unavailable', why: fact('connections.notes.notAvailable') };
      if (!PLAN_TERMS[plan].platforms.includes(id))
        return {
          ...base,
          state: 'upgrade',
          why: fact('connections.notes.notInPlan', {
            plan: PLAN_TERMS[plan].name,
            platform: manifest.name,
          }),
        };
      return { ...base, state: 'connectable', why: null };
    });
  },
});
