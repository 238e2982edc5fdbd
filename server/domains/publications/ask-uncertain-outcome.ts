import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actions, connections, posts, publications } from '@/db/schema';
import { platformTraits } from '@/server/connectors/platform-traits';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { labelOf } from './label';
import { isPart } from './publication-kind';
import { STEPS } from './transitions';
import { uncertainOutcome } from './uncertain-outcome';

/**
 * Whether a waiting publication may already be out: an attempt has an unknown outcome, and neither the platform nor a user has since
 * reported that the post is not there. The publication waits to be sent again under the same key, which is safe only for a limited time.
 * The outcome of later attempts (a rate limit, for example) says nothing about the first.
 */
export const mayBeOut = sql<boolean>`exists (
  select from publication_attempts a
  where a.publication_id = ${publications.id} and a.kind = 'publish' and coalesce(a.outcome, 'unknown_outcome') = 'unknown_outcome'
    and not exists (
      select from publication_attempts l
      where l.publication_id = a.publication_id and l.kind = 'lookup' and l.outcome = 'absent' and l.number > a.number))`;

/** When the oldest attempt with an unknown outcome began, in milliseconds since 1970, or null if there is none. */
export const firstUnseen = sql<number | null>`(
  select (extract(epoch from min(a.started_at)) * 1000)::float8 from publication_attempts a
  where a.publication_id = ${publications.id} and a.kind = 'publish' and coalesce(a.outcome, 'unknown_outcome') = 'unknown_outcome')`;

/** Asks a user about waiting publications that may already be out. The caller has locked them. */
export async function askUser(tx: Tx, ctx: Ctx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const now = ctx.clock.now();
  const rows = await tx
    .select({
      id: publications.id,
      state: publications.state,
      title: posts.title,
      kind: publications.kind,
      account: connections.remoteName,
      platform: connections.platform,
      parts: publications.parts,
    })
    .from(publications)
    .innerJoin(posts, eq(posts.id, publications.postId))
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .where(and(eq(publications.workspaceId, ctx.workspaceId), inArray(publications.id, [...ids])));
  for (const row of rows) {
    const follow = isPart(row.id) ? platformTraits(row.platform)?.follow : null;
    const label = labelOf(row.kind, row.title, row.account, follow);
    const asked = uncertainOutcome(label.inside, row.account, row.parts.length);
    await tx
      .update(publications)
      .set({
        state: STEPS.doubtLate.to,
        version: sql`${publications.version} + 1`,
        claimToken: null,
        claimedUntil: null,
        retryAt: null,
        problem: asked.problem,
        updatedAt: now,
      })
      .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, row.id)));
    await tx
      .insert(actions)
      .values({
        ...asked.action,
        id: newId('action', now.getTime()),
        workspaceId: ctx.workspaceId,
        subjectType: 'publication',
        subjectId: row.id,
        createdAt: now,
      })
      .onConflictDoNothing();
    await recordActivity(tx, ctx, {
      ...asked.activity,
      subjectType: 'publication',
      subjectId: row.id,
      before: { state: row.state },
      after: { state: STEPS.doubtLate.to },
    });
  }
}

/** Asks a user about those of the given waiting publications that may already be out, and returns their ids. The caller has locked them. */
export async function askIfUncertain(tx: Tx, ctx: Ctx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const found = await tx
    .select({ id: publications.id })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        inArray(publications.id, [...ids]),
        inArray(publications.state, [...STEPS.doubtLate.from]),
        mayBeOut,
      ),
    );
  const uncertain = found.map((row) => row.id);
  await askUser(tx, ctx, uncertain);
  return uncertain;
}
