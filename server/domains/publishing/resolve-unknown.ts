import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { actions, connections, publications } from '@/db/schema';
import { remoteIdIn } from '@/server/connectors/kit/addresses';
import { AppError } from '@/server/foundation/errors';
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
  else {
    // The line waited for this answer, and the next part of a thread is its head now.
    const { workspaceId } = ctx;
    const { connectionId, platform } = after;
    await ctx.signals.send('publishing/line.requested', { workspaceId, connectionId, platform });
  }
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
  const there = answer !== 'not_there';
  const goesOn = answer === 'there' && row.parts.length > 0;
  const remoteId = row.remoteId ?? (await remoteIdOf(tx, ctx, row.connectionId, permalink));
  if (goesOn && remoteId === null)
    throw new AppError(
      'invalid',
      'More is to follow this post, and it is attached to it. Paste the post’s address, or say that it is there and leave out the rest.',
      { fields: { permalink: 'Paste the address of the post itself.' } },
    );
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
        ? {
            publishedAt: now,
            permalink: permalink ?? row.permalink,
            remoteId,
            ...(answer === 'there_end' ? { parts: [] } : {}),
          }
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
      ? `Looked for “${after.postTitle}” on ${after.connectionName}: it is there${answer === 'there_end' ? '; the rest is left out' : ''}`
      : `Looked for “${after.postTitle}” on ${after.connectionName}: it is not there, so it is sent again`,
  });
  return after;
}

/** What a post's address says of its id at the platform; null when it says nothing. */
async function remoteIdOf(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  permalink: string | undefined,
): Promise<string | null> {
  if (!permalink) return null;
  const [connection] = await tx
    .select({ platform: connections.platform, remoteId: connections.remoteId })
    .from(connections)
    .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
  return connection ? remoteIdIn(connection.platform, permalink, connection.remoteId) : null;
}
