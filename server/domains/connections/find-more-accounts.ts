import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { connections, grants } from '@/db/schema';
import { identifyAgain } from '@/server/connectors/host/call';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { listsMore } from './lists-more';
import { loadGrant } from './load-target';
import { markGrantEnded } from './mark-broken';
import { connectionIdInput } from './schemas';
import { offerFound } from './store-sign-in';

/**
 * Asks a platform which accounts the sign-in of a connection gives access to now, and offers them for a choice like a new sign-in. Throws
 * `invalid` if this sign-in cannot be asked, and `unavailable` with the platform's reason.
 */
export const findMoreAccounts = defineVerb({
  verb: 'connections.more',
  access: 'connections.manage',
  effect: 'change',
  input: connectionIdInput,
  output: z.object({
    /** Number of accounts that are not connected yet. Zero: there is nothing to choose. */
    found: z.number().int().nonnegative(),
  }),
  run: async (ctx, { id }) => {
    if (ctx.actor.kind !== 'member') throw new AppError('forbidden', fact('connections.errors.onlyPeople'));
    const { userId } = ctx.actor;
    const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select({ grant: grants })
        .from(connections)
        .leftJoin(grants, eq(grants.id, connections.grantId))
        .where(eq(connections.id, id)),
    );
    if (!row) throw notFound('connection');
    const { grant } = row;
    if (!grant || !listsMore(grant)) throw new AppError('invalid', fact('connections.errors.signInAgain'));
    try {
      const identities = await identifyAgain(await loadGrant(ctx, grant.id));
      const found = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
        offerFound(tx, ctx, { grantId: grant.id, userId, identities }),
      );
      return { found };
    } catch (error) {
      if (!isConnectorFault(error)) throw error;
      if (error.kind === 'reauth') await markGrantEnded(ctx, grant.id, error);
      throw new AppError('unavailable', error.fact);
    }
  },
});
