import { sql } from 'drizzle-orm';
import { at, ms, rowsOf } from '@/db/statements';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import type { Ctx } from '@/server/verbs/context';
import { usableKeyMs } from '../publications/policy';
import type { Started } from './start-publishing';

/** A key, and until when the platform certainly remembers its first use; null if there was none, or if the platform knows no keys. */
interface PublishKey {
  readonly key: string;
  readonly until: Date | null;
}

/** Returns the key of every attempt at a platform that knows no keys. */
export const plainKey = ({ publicationId, version }: Pick<Started, 'publicationId' | 'version'>): string =>
  `${publicationId}:${version}`;

/**
 * Returns the key under which an attempt is sent, recorded with the attempt before its request leaves. While the outcome of an earlier
 * attempt is unknown, that attempt's key is reused, whatever happened to the row in between, so that a platform that already has the post
 * does nothing. Returns null if the platform may have forgotten that key; the post must not be sent then. After a look-up that did not find
 * the post, the key is still reused, but no longer than the platform remembers it: then a new one is as good. A new key is also used once
 * the outcome of every earlier attempt is known or a user said that the post is not there.
 */
export async function takePublishKey(
  ctx: Ctx,
  started: Pick<Started, 'publicationId' | 'version' | 'attemptId'>,
  traits: PlatformTraits | null,
): Promise<PublishKey | null> {
  const keyMs = traits?.keyMs ?? null;
  if (keyMs === null) return { key: plainKey(started), until: null };
  const now = ctx.clock.now();
  const firstOver = new Date(now.getTime() - usableKeyMs(keyMs));
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    rowsOf<{ key: string | null; since: number | null }>(
      tx,
      sql`
        with earlier as (
          select a.key, a.number, not exists (
              select from publication_attempts l
              where l.publication_id = a.publication_id and l.kind = 'lookup' and l.outcome = 'absent' and l.number > a.number
            ) as open
          from publication_attempts a
          where a.publication_id = ${started.publicationId} and a.workspace_id = ${ctx.workspaceId} and a.kind = 'publish'
            and a.id <> ${started.attemptId} and a.key is not null and coalesce(a.outcome, 'unknown_outcome') = 'unknown_outcome'
        ), latest as (
          select e.key, e.open, (
              select min(a.started_at) from publication_attempts a
              where a.publication_id = ${started.publicationId} and a.workspace_id = ${ctx.workspaceId} and a.kind = 'publish'
                and a.id <> ${started.attemptId} and a.key = e.key
            ) as since
          from earlier e order by e.open desc, case when e.open then e.number else -e.number end limit 1
        ), reused as (
          select key, since from latest where open or since > ${at(firstOver)}
        )
        update publication_attempts a set key = coalesce((select key from reused), a.id)
        where a.id = ${started.attemptId} and a.workspace_id = ${ctx.workspaceId}
        returning a.key, (select ${ms(sql`since`)} from reused) as since`,
    ),
  );
  if (!row?.key) throw new Error('The attempt no longer exists');
  if (row.since === null) return { key: row.key, until: null };
  const until = new Date(row.since + usableKeyMs(keyMs));
  return now < until ? { key: row.key, until } : null;
}
