import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { actions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { readShown } from '../actions/as-shown';
import { completeAction } from './complete-action';
import type { completeActionInput } from './schemas';

/** What an action asks about now. */
export async function shownNow(ctx: Ctx, id: string): Promise<string> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const rows = await tx
      .select()
      .from(actions)
      .where(and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.id, id)));
    return (await readShown(tx, ctx.workspaceId, rows)).get(id) ?? '';
  });
}

/** Answers as somebody does who looks at the list and presses at once. */
export async function completeAsShown(
  ctx: Ctx,
  input: Omit<z.input<typeof completeActionInput>, 'shown'>,
): ReturnType<typeof completeAction> {
  return completeAction(ctx, { ...input, shown: await shownNow(ctx, input.id) });
}
