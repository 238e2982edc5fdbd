import { and, countDistinct, eq, gte, inArray, isNull, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, publications } from '@/db/schema';
import { PUBLICATION_LISTS } from '@/db/schema/states';

/** A connection with the time at which its sign-in ends. */
interface Ending {
  connectionId: string;
  ends: Date;
}

/** Counts the posts that are due on each connection once its sign-in has ended. A connection without any is not in the result. */
export async function postsAfterEnd(tx: Tx, endings: readonly Ending[]): Promise<Map<string, number>> {
  if (endings.length === 0) return new Map();
  const rows = await tx
    .select({ connectionId: publications.connectionId, posts: countDistinct(publications.postId) })
    .from(publications)
    .where(
      and(
        inArray(publications.state, PUBLICATION_LISTS.ahead),
        or(
          ...endings.map(({ connectionId, ends }) =>
            and(eq(publications.connectionId, connectionId), gte(publications.dueAt, ends)),
          ),
        ),
      ),
    )
    .groupBy(publications.connectionId);
  return new Map(rows.map(({ connectionId, posts }) => [connectionId, posts]));
}

/** Counts the posts that are due on any account of a grant once it has ended, each once. */
export async function postsAfterGrant(tx: Tx, grantId: string, ends: Date): Promise<number> {
  const [row] = await tx
    .select({ posts: countDistinct(publications.postId) })
    .from(publications)
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .where(
      and(
        eq(connections.grantId, grantId),
        isNull(connections.credentials),
        inArray(publications.state, PUBLICATION_LISTS.ahead),
        gte(publications.dueAt, ends),
      ),
    );
  return row?.posts ?? 0;
}
