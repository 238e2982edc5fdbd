import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { actions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { readFingerprints } from '../actions/fingerprint';
import { completeAction } from './complete-action';
import type { completeActionInput } from './schemas';

/** Returns the current `shown` of an action. */
export async function shownNow(ctx: Ctx, id: string): Promise<string> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const rows = await tx
      .select()
      .from(actions)
      .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.id, id)));
    return (await readFingerprints(tx, ctx.workspaceId, rows)).get(id) ?? '';
  });
}

/** Answers like a user who opens the list and answers immediately. */
export async function completeAsShown(
  ctx: Ctx,
  input: Omit<z.input<typeof completeActionInput>, 'shown'>,
): ReturnType<typeof completeAction> {
  return completeAction(ctx, { ...input, shown: await shownNow(ctx, input.id) });
}
