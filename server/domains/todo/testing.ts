import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { actions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { readFingerprints } from '../actions/fingerprint';
import { completeAction } from './complete-action';
import type { completeActionInput } from './schemas';

/** Returns the current `fingerprint` of an action. */
export async function currentFingerprint(ctx: Ctx, id: string): Promise<string> {
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
  input: Omit<z.input<typeof completeActionInput>, 'fingerprint'>,
): ReturnType<typeof completeAction> {
  return completeAction(ctx, { ...input, fingerprint: await currentFingerprint(ctx, input.id) });
}
