import { and, eq, isNull } from 'drizzle-orm';
import { oauthStates } from '@/db/schema';
import { sha256 } from '@/server/foundation/crypto';
import type { Ctx } from '@/server/verbs/context';
import type { OutcomeCode } from './outcomes';

export type TakenState = typeof oauthStates.$inferSelect;

/**
 * Finds the sign-in that a callback's state belongs to and uses it up. A state presented by another user or workspace is refused and stays
 * valid for the one who started it.
 */
export async function takeState(
  ctx: Ctx,
  platform: string,
  state: string,
): Promise<{ ok: true; row: TakenState } | { ok: false; code: OutcomeCode; returnTo: string | null }> {
  const stateHash = sha256(state);
  const now = ctx.clock.now();
  return ctx.db.asSystem(async (tx) => {
    const [row] = await tx.select().from(oauthStates).where(eq(oauthStates.stateHash, stateHash));
    if (!row) return { ok: false, code: 'unknown_state', returnTo: null };
    if (ctx.actor.kind !== 'member' || row.userId !== ctx.actor.userId)
      return { ok: false, code: 'other_person', returnTo: null };
    const refuse = (code: OutcomeCode) => ({ ok: false, code, returnTo: row.returnTo }) as const;
    if (row.forWorkspace !== ctx.workspaceId) return { ok: false, code: 'other_workspace', returnTo: null };
    if (row.platform !== platform) return refuse('other_platform');
    if (row.usedAt) return refuse('used');
    if (row.expiresAt <= now) return refuse('expired');
    const taken = await tx
      .update(oauthStates)
      .set({ usedAt: now, codeVerifier: null })
      .where(and(eq(oauthStates.stateHash, stateHash), isNull(oauthStates.usedAt)))
      .returning({ stateHash: oauthStates.stateHash });
    return taken.length === 1 ? { ok: true, row } : refuse('used');
  });
}
