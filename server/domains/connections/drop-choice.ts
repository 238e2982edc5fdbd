import { and, eq, lte } from 'drizzle-orm';
import { z } from 'zod';
import { connectionChoices } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { choiceOver } from './choose-accounts';
import { endAccess } from './end-access';
import { choiceIdInput } from './schemas';

/** Discards an open choice: deletes the tokens and asks the platform to revoke the unused access. */
export const dropChoice = defineVerb({
  verb: 'connections.dropChoice',
  access: 'connections.manage',
  effect: 'change',
  input: choiceIdInput,
  output: z.object({ id: z.string() }),
  run: async (ctx, input) => {
    const { id } = input;
    const userId = ctx.actor.kind === 'member' ? ctx.actor.userId : '';
    const [gone] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .delete(connectionChoices)
        .where(and(eq(connectionChoices.id, id), eq(connectionChoices.userId, userId)))
        .returning(),
    );
    if (!gone) throw choiceOver();
    await endAccess(ctx, { ...gone, secrets: null });
    return { id };
  },
});

/** Removes choices that were not made in time. Called by the sweep; returns the number removed. */
export async function dropStaleChoices(at: Pick<Ctx, 'db' | 'clock'>): Promise<number> {
  const gone = await at.db.asSystem((tx) =>
    tx.delete(connectionChoices).where(lte(connectionChoices.expiresAt, at.clock.now())).returning(),
  );
  for (const choice of gone) await endAccess(at, { ...choice, secrets: null });
  return gone.length;
}
