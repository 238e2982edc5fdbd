import { grantingUser, identify, type UnconnectedTarget } from '@/server/connectors/host/call';
import type { Values } from '@/server/connectors/host/sign-in';
import type { Tokens } from '@/server/connectors/host/tokens';
import type { Ctx } from '@/server/verbs/context';
import { endAccess, endGrantAccess } from './end-access';
import { refreshNewLimits } from './refresh-limits';
import { type NewSignIn, type Stored, storeSignIn } from './store-sign-in';

/**
 * Connects what new credentials give access to. Revokes them if that fails, and access of other people that they replace. `given` is what the user entered, except secrets. Throws
 * ConnectorFault, and AppError if the plan allows no more.
 */
export async function adoptSignIn(
  ctx: Ctx,
  signIn: NewSignIn,
  target: UnconnectedTarget,
  tokens: Tokens,
  given: Values = {},
): Promise<Omit<Stored, 'unused'>> {
  let grantedBy: string | null = null;
  const end = () => endAccess(ctx, { ...signIn, grantedBy, secrets: tokens });
  try {
    grantedBy = await grantingUser(target, tokens);
    const identities = await identify(target, tokens, given);
    const { unused, ...stored } = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      storeSignIn(tx, ctx, signIn, identities, { tokens, grantedBy }),
    );
    if (stored.code === 'other_account') await end();
    for (const grant of unused) await endGrantAccess(ctx, grant);
    await refreshNewLimits(ctx, stored.connectionIds);
    if (stored.connectionIds.length > 0) await ctx.events.publish('connections/webhooks.requested', {});
    return stored;
  } catch (error) {
    await end();
    throw error;
  }
}
