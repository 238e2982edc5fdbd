import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { isHeld } from '@/db/leases';
import { PUBLICATION_LISTS } from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at, ms, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { faultPoint } from '@/server/foundation/fault-points';
import { notHeld } from '../publications/late';
import { ASK_AGAIN_MS, EXPIRY_MARGIN_MS, OVERDUE_MS, UPLOAD_AHEAD_MS, UPLOAD_BATCH } from './policy';
import { latestCheck, UPLOAD_LEASE } from './upload-media';

/** A publication whose media is to be uploaded now. */
export interface MediaDue {
  workspaceId: string;
  publicationId: string;
  connectionId: string;
  platform: string;
  /** Stays the same for some minutes while the media is untouched, so that a queued upload is not requested repeatedly. */
  mark: string;
}

/**
 * Returns the publications of all workspaces that are due soon, whose media is not on the platform or not for long enough, and that no run
 * is uploading. Reads an index that contains only posts with media.
 */
export async function dueMedia({ db, clock }: { db: Db; clock: Clock }): Promise<MediaDue[]> {
  const now = clock.now().getTime();
  faultPoint('media sweep: before');
  const rows = await db.asSystem((tx) =>
    rowsOf<{
      workspace_id: string;
      id: string;
      connection_id: string;
      platform: string;
      touched: number | null;
    }>(
      tx,
      sql`
        with due as (
          select workspace_id, id, connection_id, due_at from publications
          where media_until is not null and state in ${listed(PUBLICATION_LISTS.unsent)} and due_at < ${at(new Date(now + UPLOAD_AHEAD_MS))}
            and media_until < greatest(due_at, ${at(new Date(now + EXPIRY_MARGIN_MS))}) and ${notHeld}
            and not exists (
              select from publication_media m where m.publication_id = publications.id
                and (m.state = 'failed' or ${isHeld(UPLOAD_LEASE, new Date(now), 'm')}
                  or m.check_at > ${at(new Date(now - OVERDUE_MS))} and m.check_at <= ${at(latestCheck(new Date(now)))}))
          order by due_at, id limit ${UPLOAD_BATCH}
        )
        select d.workspace_id, d.id, d.connection_id, c.platform, (
          select ${ms(sql`max(greatest(m.updated_at, m.lease_until))`)} from publication_media m where m.publication_id = d.id) as touched
        from due d join connections c on c.id = d.connection_id
        order by d.due_at, d.id`,
    ),
  );
  return rows.map((r) => ({
    workspaceId: r.workspace_id,
    publicationId: r.id,
    connectionId: r.connection_id,
    platform: r.platform,
    mark: `${Math.floor(r.touched ?? 0)}:${Math.floor(now / ASK_AGAIN_MS)}`,
  }));
}
