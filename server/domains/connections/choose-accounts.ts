import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { connectionChoices, connections } from '@/db/schema';
import { openChoice } from '@/server/connectors/host/tokens';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { assertPlatformInPlan, countConnections } from './connection-limits';
import { putConnection } from './put-connection';
import { chooseAccountsInput } from './schemas';

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
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      const [choice] = await tx
        .select()
        .from(connectionChoices)
        .where(eq(connectionChoices.id, id))
        .for('update');
      const own = ctx.actor.kind === 'member' && choice?.userId === ctx.actor.userId;
      if (!choice || !own || choice.expiresAt <= ctx.clock.now()) throw choiceOver();
      const accounts = wanted.map((remoteId) => {
        const account = choice.accounts.find((a) => a.remoteId === remoteId);
        if (!account)
          throw new AppError('invalid', fact('connections.errors.chooseFromList'), {
            fields: { remoteIds: fact('connections.errors.notInList') },
          });
        return account;
      });
      assertPlatformInPlan(workspace.plan, choice.platform);
      const known = await tx
        .select({ id: connections.id, remoteId: connections.remoteId, status: connections.status })
        .from(connections)
        .where(
          and(
            eq(connections.platform, choice.platform),
            eq(connections.environment, choice.environment),
            eq(connections.server, choice.server),
            inArray(connections.remoteId, wanted),
          ),
        );
      const rowOf = (remoteId: string) => known.find((k) => k.remoteId === remoteId);
      const added = wanted.filter(
        (remoteId) => (rowOf(remoteId)?.status ?? 'disconnected') === 'disconnected',
      );
      if (added.length > 0)
        assertWithinLimit(workspace.plan, 'connections', await countConnections(tx), added.length);
      const tokens = openChoice(id, choice.credentials);
      const connectionIds: string[] = [];
      for (const account of accounts) {
        const secrets = tokens[account.remoteId];
        if (!secrets) throw choiceOver();
        const lasting = { ...secrets, accessExpiresAt: null, refreshExpiresAt: null };
        connectionIds.push(
          await putConnection(tx, ctx, choice, account, lasting, rowOf(account.remoteId)?.id),
        );
      }
      await tx.delete(connectionChoices).where(eq(connectionChoices.id, id));
      return { connectionIds };
    });
  },
});
