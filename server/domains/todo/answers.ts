import type { actions } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { assertFingerprint } from '../actions/fingerprint';
import type { ActionKind } from '../actions/kinds';
import { answerByHand, answerByHandInput } from '../publication-recovery/answer-by-hand';
import { answerMissed, answerMissedInput } from '../publication-recovery/answer-missed';
import { answerRest, answerRestInput } from '../publication-recovery/answer-rest';
import { resolveUnknown } from '../publication-recovery/resolve-unknown';
import { resolveUnknownInput } from '../publications/schemas';

/** A user's answer. */
interface Answer {
  /** The value of the selected choice. */
  answer: string;
  /** The action's `fingerprint` as the user saw it. */
  fingerprint: string;
  /** Full URL of the post, for kinds that take one. */
  permalink: string | undefined;
}

/**
 * What an answer to each kind of action does. Each handler also completes the action. It throws `conflict` if the action was already
 * answered, or if its publications have changed since they were shown.
 */
export const ANSWERS: Record<
  ActionKind,
  (ctx: Ctx, action: typeof actions.$inferSelect, told: Answer) => Promise<void>
> = {
  publication_unknown: async (ctx, action, { answer, permalink, fingerprint }) => {
    const [unknown] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      assertFingerprint(tx, ctx.workspaceId, action, fingerprint),
    );
    if (!unknown) throw notFound('publication');
    await resolveUnknown(ctx, {
      id: unknown.id,
      version: unknown.version,
      answer: resolveUnknownInput.shape.answer.parse(answer),
      ...(permalink ? { permalink } : {}),
    });
  },
  publication_missed: async (ctx, { id: actionId }, { answer, fingerprint }) => {
    await answerMissed({
      ctx,
      input: { actionId, fingerprint, answer: answerMissedInput.shape.answer.parse(answer) },
    });
  },
  publication_by_hand: async (ctx, { id: actionId }, { answer, fingerprint, permalink }) => {
    await answerByHand({
      ctx,
      input: { actionId, fingerprint, permalink, answer: answerByHandInput.shape.answer.parse(answer) },
    });
  },
  publication_rest: async (ctx, { id: actionId }, { answer, fingerprint }) => {
    await answerRest({
      ctx,
      input: { actionId, fingerprint, answer: answerRestInput.shape.answer.parse(answer) },
    });
  },
};
