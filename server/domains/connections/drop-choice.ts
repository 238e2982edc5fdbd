import { and, eq, lte } from 'drizzle-orm';
import { z } from 'zod';
import { connectionChoices } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { choiceOver } from './choose-accounts';
import { endGrantAccess } from './end-access';
import { choiceIdInput } from './schemas';
import { dropAllUnusedGrants, dropUnusedGrants, lockGrantOfChoice } from './unused-grants';

/** Discards an open choice: deletes the grant if nothing else uses it, and asks the platform to revoke the unused access. */
export const dropChoice = defineVerb({
  verb: 'connections.dropChoice',
  access: 'connections.manage',
  effect: 'change',
  input: choiceIdInput,
  output: z.object({ id: z.string() }),
  run: async (ctx, input) => {
    const { id } = input;
    const userId = ctx.actor.kind === 'member' ? ctx.actor.userId : '';
    const unused = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      await lockGrantOfChoice(tx, id);
      const [gone] = await tx
        .delete(connectionChoices)
        .where(and(eq(connectionChoices.id, id), eq(connectionChoices.userId, userId)))
        .returning();
      if (!gone) throw choiceOver();
      return dropUnusedGrants(tx, ctx, [gone.grantId]);
    });
    for (const grant of unused) await endGrantAccess(ctx, grant);
    return { id };
  },
});

/** Removes choices that were not made in time, and the access that nothing uses any more. Called by the sweep; returns the number removed. */
export async function dropStaleChoices(at: Pick<Ctx, 'db' | 'clock'>): Promise<number> {
  const gone = await at.db.asSystem((tx) =>
    tx
      .delete(connectionChoices)
      .where(lte(connectionChoices.expiresAt, at.clock.now()))
      .returning({ id: connectionChoices.id }),
  );
  const unused = await at.db.asSystem((tx) => dropAllUnusedGrants(tx, at));
  for (const grant of unused) await endGrantAccess(at, grant);
  return gone.length;
}
