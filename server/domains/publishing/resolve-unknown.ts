import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { actions, publications } from '@/db/schema';
import { recordActivity } from '../activity/record-activity';
import { actorKey, type Ctx, requireRole } from '../context';
import { localTimeOf } from './local-time';
import { lockPublication } from './lock-publication';
import { readPublication } from './queries';
import { hurry } from './schedule-publications';
import { type Publication, resolveUnknownInput } from './schemas';
import { STEPS } from './transitions';

/** The kind of the action that asks a person about a publication. */
export const UNKNOWN_ACTION = 'publication_unknown';

/** A person looked: it is there, and counts as published; or it is not, and is sent again now. Ends the action that asked. */
export async function resolveUnknown({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof resolveUnknownInput>;
}): Promise<Publication> {
  requireRole(ctx, 'operator', 'publish posts');
  const answer = resolveUnknownInput.parse(input);
  const after = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => resolveIn(tx, ctx, answer));
  if (after.state === 'scheduled') await hurry(ctx, after.dueAt);
  return after;
}

async function resolveIn(
  tx: Tx,
  ctx: Ctx,
  { id, version, answer, permalink }: z.output<typeof resolveUnknownInput>,
): Promise<Publication> {
  const row = await lockPublication(
    tx,
    ctx.workspaceId,
    id,
    version,
    'personSaysThere',
    'personSaysNotThere',
  );
  const now = ctx.clock.now();
  const there = answer === 'there';
  await tx
    .update(publications)
    .set({
      state: there ? STEPS.personSaysThere.to : STEPS.personSaysNotThere.to,
      version: sql`${publications.version} + 1`,
      claimToken: null,
      claimedUntil: null,
      retryAt: null,
      problem: null,
      updatedAt: now,
      ...(there
        ? { publishedAt: now, permalink: permalink ?? row.permalink }
        : { dueAt: now, localTime: localTimeOf(now, row.timeZone) }),
    })
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, id)));
  await tx
    .update(actions)
    .set({ state: 'done', answer: permalink ?? answer, doneBy: actorKey(ctx.actor), doneAt: now })
    .where(
      and(
        eq(actions.workspaceId, ctx.workspaceId),
        eq(actions.kind, UNKNOWN_ACTION),
        eq(actions.subjectId, id),
        eq(actions.state, 'open'),
      ),
    );
  const after = await readPublication(tx, ctx.workspaceId, id);
  await recordActivity(tx, ctx, {
    verb: there ? 'publication.published' : 'publication.sent_again',
    subjectType: 'publication',
    subjectId: id,
    summary: there
      ? `Looked for “${after.postTitle}” on ${after.connectionName}: it is there`
      : `Looked for “${after.postTitle}” on ${after.connectionName}: it is not there, so it is sent again`,
  });
  return after;
}
