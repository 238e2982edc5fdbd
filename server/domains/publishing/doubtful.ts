import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actions, connections, posts, publications } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { recordActivity } from '../activity/record-activity';
import type { Ctx } from '../context';
import { question } from './look-up-publication';
import { UNKNOWN_ACTION } from './resolve-unknown';
import { STEPS } from './transitions';

/**
 * Whether nobody saw the end of a waiting publication's last try: it was to be sent again under the same key, which is safe
 * for a while only and not under a new version.
 */
export const lastTryUnseen = sql<boolean>`coalesce((
  select a.outcome = 'unknown_outcome' from publication_attempts a
  where a.publication_id = ${publications.id} order by a.number desc limit 1), false)`;

/** When the oldest try whose end nobody saw began, in milliseconds; null when there is none. */
export const firstUnseen = sql<number | null>`(
  select (extract(epoch from min(a.started_at)) * 1000)::float8 from publication_attempts a
  where a.publication_id = ${publications.id} and a.kind = 'publish' and a.outcome = 'unknown_outcome')`;

/** Moves waiting publications that may be out already to a person's eyes. The caller has locked them. */
export async function askAbout(tx: Tx, ctx: Ctx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const now = ctx.clock.now();
  const rows = await tx
    .select({
      id: publications.id,
      title: posts.title,
      account: connections.remoteName,
      parts: publications.parts,
    })
    .from(publications)
    .innerJoin(posts, eq(posts.id, publications.postId))
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .where(and(eq(publications.workspaceId, ctx.workspaceId), inArray(publications.id, [...ids])));
  for (const row of rows) {
    const asked = question(`“${row.title}” on ${row.account}`, row.account, row.parts.length);
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
        kind: UNKNOWN_ACTION,
        subjectType: 'publication',
        subjectId: row.id,
        input: 'choice',
        createdAt: now,
      })
      .onConflictDoNothing();
    await recordActivity(tx, ctx, { ...asked.activity, subjectType: 'publication', subjectId: row.id });
  }
}
