import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { actions } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { actorKey } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { answerMissed, answerMissedInput } from '../publication-answers/answer-missed';
import { answerRest, answerRestInput, REST_ACTION } from '../publication-answers/answer-rest';
import { resolveUnknown } from '../publication-answers/resolve-unknown';
import { MISSED_ACTION } from '../publications/missed';
import { readPublication } from '../publications/queries';
import { UNKNOWN_ACTION } from '../publications/question';
import { resolveUnknownInput } from '../publications/schemas';
import { toAction } from './queries';
import { actionOutput, completeActionInput } from './schemas';

const address = z.url({ protocol: /^https?$/ });

/** Finishes an action with the answer that it asks for. An answer about a publication moves that publication. */
export const completeAction = defineVerb({
  verb: 'todo.complete',
  permission: 'actions.complete',
  effect: 'change',
  input: completeActionInput,
  output: actionOutput,
  run: async (ctx, input) => {
    const { id, answer, permalink } = input;
    const own = and(eq(actions.workspaceId, ctx.workspaceId), eq(actions.id, id));
    const open = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx.select().from(actions).where(own);
      if (!row) throw notFound('action');
      if (row.state !== 'open') throw over(row.state);
      const version =
        row.kind === UNKNOWN_ACTION ? (await readPublication(tx, ctx, row.subjectId)).version : null;
      return { row, version };
    });
    checkAnswer(open.row, answer);
    if (open.version !== null) {
      await resolveUnknown(ctx, {
        id: open.row.subjectId,
        version: open.version,
        answer: resolveUnknownInput.shape.answer.parse(answer),
        ...(permalink ? { permalink: addressIn(permalink) } : {}),
      });
    }
    if (open.row.kind === MISSED_ACTION) {
      const chosen = answerMissedInput.shape.answer.parse(answer);
      await answerMissed({ ctx, input: { actionId: id, answer: chosen } });
    }
    if (open.row.kind === REST_ACTION)
      await answerRest({
        ctx,
        input: { actionId: id, answer: answerRestInput.shape.answer.parse(answer) },
      });
    if (open.row.kind === MISSED_ACTION || open.row.kind === REST_ACTION) {
      const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => tx.select().from(actions).where(own));
      if (!row) throw notFound('action');
      return toAction(row);
    }
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const done = await tx
        .update(actions)
        .set({
          state: 'done',
          answer: answer ?? null,
          doneBy: actorKey(ctx.actor),
          doneAt: ctx.clock.now(),
        })
        .where(and(own, eq(actions.state, 'open')))
        .returning();
      const [row] = done.length > 0 ? done : await tx.select().from(actions).where(own);
      if (!row) throw notFound('action');
      if (done.length > 0)
        await recordActivity(tx, ctx, {
          verb: 'action.done',
          subjectType: row.subjectType,
          subjectId: row.subjectId,
          summary: fact('todo.activity.done', { title: row.title }),
        });
      else if (open.version === null) throw over(row.state);
      return toAction(row);
    });
  },
});

/** People copy an address without its scheme, too. Throws `invalid` at what is none. */
function addressIn(permalink: string): string {
  const whole = address.safeParse(permalink.includes('://') ? permalink : `https://${permalink}`);
  if (whole.success) return whole.data;
  const message = 'Paste the post’s full address.';
  throw new AppError('invalid', message, { fields: { permalink: message } });
}

function over(state: string): AppError {
  return new AppError('conflict', 'Somebody has done this already.', { details: { state } });
}

function checkAnswer(action: typeof actions.$inferSelect, answer: string | undefined): void {
  const wrong = (message: string) => new AppError('invalid', message, { fields: { answer: message } });
  switch (action.input) {
    case 'choice':
      if (!action.choices.some((c) => c.value === answer)) throw wrong('Choose one of the answers.');
      return;
    case 'url':
      if (!address.safeParse(answer).success) throw wrong('Paste the full address.');
      return;
    case 'text':
      if (!answer) throw wrong('Write an answer.');
      return;
    default:
  }
}
