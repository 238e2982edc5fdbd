import { sql } from 'drizzle-orm';
import { ms, rowsOf } from '@/db/statements';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import type { Ctx } from '@/server/verbs/context';
import { KEY_MARGIN_MS } from '../publications/policy';
import type { Started } from './start-publishing';

/**
 * Returns the key under which an attempt is sent, recorded with the attempt before its request leaves. While the outcome of an earlier
 * attempt is unknown, that attempt's key is reused, whatever happened to the row in between, so that a platform that already has the post
 * does nothing. A new key is used once the outcome of every earlier attempt is known or a user said that the post is not there. Returns
 * null if the platform may have forgotten the earlier key; the post must not be sent then.
 */
export async function takePublishKey(
  ctx: Ctx,
  started: Pick<Started, 'publicationId' | 'version' | 'attemptId'>,
  traits: PlatformTraits | null,
): Promise<string | null> {
  const keyMs = traits?.keyMs ?? null;
  if (keyMs === null) return `${started.publicationId}:${started.version}`;
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    rowsOf<{ key: string; since: number | null }>(
      tx,
      sql`
        with earlier as (
          select key, started_at from publication_attempts
          where publication_id = ${started.publicationId} and workspace_id = ${ctx.workspaceId} and kind = 'publish'
            and id <> ${started.attemptId} and key is not null and coalesce(outcome, 'unknown_outcome') = 'unknown_outcome'
          order by number limit 1
        )
        update publication_attempts a set key = coalesce((select key from earlier), a.id)
        where a.id = ${started.attemptId} and a.workspace_id = ${ctx.workspaceId}
        returning a.key, (select ${ms(sql`started_at`)} from earlier) as since`,
    ),
  );
  if (!row) throw new Error('The attempt no longer exists');
  const over = row.since !== null && ctx.clock.now().getTime() - row.since >= keyMs - KEY_MARGIN_MS;
  return over ? null : row.key;
}
