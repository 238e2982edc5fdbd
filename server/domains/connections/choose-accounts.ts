import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { connectionChoices, grants } from '@/db/schema';
import { updateOf } from '@/db/update-of';
import { openChoice } from '@/server/connectors/host/tokens';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { assertPlatformInPlan, countConnections } from './connection-limits';
import { knownConnections, putConnection } from './put-connection';
import { refreshNewLimits } from './refresh-limits';
import { chooseAccountsInput } from './schemas';
import { dropUnusedGrants, lockGrantOfChoice } from './unused-grants';

export const choiceOver = () => new AppError('not_found', fact('connections.errors.choiceOver'));

/**
 * Connects the accounts that the user chose from their sign-in, all or none. Only the member who signed in can choose, once and in the same
 * workspace.
 */
export const chooseAccounts = defineVerb({
  verb: 'connections.choose',
  access: 'connections.manage',
  effect: 'change',
  input: chooseAccountsInput,
  output: z.object({ connectionIds: z.array(z.string()) }),
  run: async (ctx, input) => {
    const { id, remoteIds } = input;
    const wanted = [...new Set(remoteIds)];
    const chosen = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      await lockGrantOfChoice(tx, id);
      const [found] = await tx
        .select({ choice: connectionChoices, grant: grants })
        .from(connectionChoices)
        .innerJoin(grants, eq(grants.id, connectionChoices.grantId))
        .where(eq(connectionChoices.id, id))
        .for(...updateOf(connectionChoices));
      const own = ctx.actor.kind === 'member' && found?.choice.userId === ctx.actor.userId;
      if (!found || !own || found.choice.expiresAt <= ctx.clock.now()) throw choiceOver();
      const { choice, grant } = found;
      // The platform ended the access while the choice was open.
      if (grant.endedAt) throw choiceOver();
      const accounts = wanted.map((remoteId) => {
        const account = choice.accounts.find((a) => a.remoteId === remoteId);
        if (!account)
          throw new AppError('invalid', fact('connections.errors.chooseFromList'), {
            fields: { remoteIds: fact('connections.errors.notInList') },
          });
        return account;
      });
      assertPlatformInPlan(workspace.plan, grant.platform);
      const known = await knownConnections(tx, grant);
      const rowOf = (remoteId: string) => known.find((k) => k.remoteId === remoteId);
      const added = wanted.filter(
        (remoteId) => (rowOf(remoteId)?.status ?? 'disconnected') === 'disconnected',
      );
      if (added.length > 0)
        assertWithinLimit(workspace.plan, 'connections', await countConnections(tx), added.length);
      const tokens = choice.credentials === null ? {} : openChoice(id, choice.credentials);
      const from = { ...grant, userId: choice.userId };
      const connectionIds: string[] = [];
      for (const account of accounts) {
        const ownToken = tokens[account.remoteId]?.accessToken ?? null;
        if (ownToken === null && grant.credentials === null) throw choiceOver();
        const via = { from, grantId: grant.id, ownToken };
        connectionIds.push(await putConnection(tx, ctx, via, account, rowOf(account.remoteId)));
      }
      await tx.delete(connectionChoices).where(eq(connectionChoices.id, id));
      const earlier = wanted.map((remoteId) => rowOf(remoteId)?.grantId ?? grant.id);
      await dropUnusedGrants(
        tx,
        ctx,
        earlier.filter((one) => one !== grant.id),
      );
      return { connectionIds };
    });
    await refreshNewLimits(ctx, chosen.connectionIds);
    await ctx.events.publish('connections/webhooks.requested', {});
    return chosen;
  },
});
