import type { actions } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import type { ActionKind } from '../actions/kinds';
import { answerMissed, answerMissedInput } from '../publication-answers/answer-missed';
import { answerRest, answerRestInput } from '../publication-answers/answer-rest';
import { resolveUnknown } from '../publication-answers/resolve-unknown';
import { readPublication } from '../publications/queries';
import { resolveUnknownInput } from '../publications/schemas';

/** What a person answered: one of the choices, a text, an address. */
interface Answer {
  answer: string | undefined;
  /** The full address of the post, where the kind takes one. */
  permalink: string | undefined;
}

/** What an answer to each kind of action does. Each ends the action, too; of two answers the second one throws `conflict`. */
export const ANSWERS: Record<
  ActionKind,
  (ctx: Ctx, action: typeof actions.$inferSelect, told: Answer) => Promise<void>
> = {
  publication_unknown: async (ctx, { subjectId: id }, { answer, permalink }) => {
    const { version } = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readPublication(tx, ctx, id));
    await resolveUnknown(ctx, {
      id,
      version,
      answer: resolveUnknownInput.shape.answer.parse(answer),
      ...(permalink ? { permalink } : {}),
    });
  },
  publication_missed: async (ctx, { id: actionId }, { answer }) => {
    await answerMissed({ ctx, input: { actionId, answer: answerMissedInput.shape.answer.parse(answer) } });
  },
  publication_rest: async (ctx, { id: actionId }, { answer }) => {
    await answerRest({ ctx, input: { actionId, answer: answerRestInput.shape.answer.parse(answer) } });
  },
};
