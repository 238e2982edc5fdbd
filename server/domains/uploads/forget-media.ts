import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { clearLease } from '@/db/leases';
import { at, rowsOf } from '@/db/statements';
import type { WorkspaceId } from '@/server/foundation/ids';
import { UPLOAD_LEASE } from './upload-media';

/**
 * Resets the uploads of a publication, all of them or only the failed ones. Does nothing if its platform takes none. An upload in progress finds its lease gone. Returns the number
 * of uploads reset. Runs in the caller's transaction; the caller has locked the publication or locks nothing else.
 */
export async function forgetMedia(
  tx: Pick<Tx, 'execute'>,
  workspaceId: WorkspaceId,
  publicationId: string,
  { now, only }: { now: Date; only?: 'failed' },
): Promise<number> {
  await tx.execute(sql`
    update publications set media_until = 'epoch', updated_at = ${at(now)}
    where id = ${publicationId} and workspace_id = ${workspaceId} and media_until is not null and media_ahead`);
  const begun = await rowsOf(
    tx,
    sql`
      update publication_media set state = 'waiting', progress = null, bytes_sent = 0, percent = null, remote_id = null,
        expires_at = null, check_at = null, failures = 0, restarts = 0, problem = null, started_at = null, ${clearLease(UPLOAD_LEASE)}, updated_at = ${at(now)}
      where publication_id = ${publicationId} and workspace_id = ${workspaceId}
        and exists (select from publications p where p.id = ${publicationId} and p.media_ahead)
        ${only === 'failed' ? sql`and state = 'failed'` : sql``}
      returning position`,
  );
  return begun.length;
}
