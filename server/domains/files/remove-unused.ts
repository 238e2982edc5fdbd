import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { at, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { DAY_MS } from '@/server/foundation/durations';
import { fact } from '@/server/foundation/facts';
import { asWorkspaceId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import type { Ctx } from '@/server/verbs/context';
import { systemActor } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../workspaces/lock-workspace';

/** Number of days that an unused file is kept, because it may be open in a page or be put back. */
const KEPT_DAYS = 7;
/** Rows per transaction. */
const BATCH = 200;

export interface RemovedFiles {
  /** Files that were found unused for the first time. */
  unused: number;
  files: number;
}

/**
 * Records which pictures, GIFs and videos are unused, and removes those that were unused for a week. Their content is removed later, when
 * no other row has it. A failure in one workspace does not stop the others; it is thrown at the end.
 */
export async function removeUnused({ db, clock }: { db: Db; clock: Clock }): Promise<RemovedFiles> {
  const done: RemovedFiles = { unused: 0, files: 0 };
  let wrong = 0;
  for (let after = ''; ; ) {
    const ids = await db.asSystem((tx) =>
      rowsOf<{ id: string }>(
        tx,
        sql`select distinct workspace_id as id from files where kind is not null and workspace_id > ${after} order by 1 limit ${BATCH}`,
      ),
    );
    for (const { id } of ids) {
      try {
        const { unused, files } = await inWorkspace(db, clock, id);
        done.unused += unused;
        done.files += files;
      } catch (error) {
        log().error({ err: error, workspaceId: id }, 'the files of a workspace could not be cleaned up');
        wrong++;
      }
    }
    if (ids.length < BATCH) break;
    after = ids.at(-1)?.id ?? after;
  }
  if (wrong > 0)
    throw new Error(`Cleaning up files failed in ${wrong} workspaces; see the log for each error`);
  return done;
}

/**
 * Selects the files that a workspace uses. All files of a publication are in `publication_media` from its creation on (db/media.sql);
 * approvals, series and evergreen posts refer only to variants and publications.
 */
const used = (workspaceId: string): SQL => sql`
  select m.item ->> 'fileId' as id from variants v cross join lateral jsonb_array_elements(v.media) as m(item)
    where v.workspace_id = ${workspaceId} and v.media <> '[]'::jsonb
  union select file_id from publication_media where workspace_id = ${workspaceId}
  union select file_id from products where workspace_id = ${workspaceId} and file_id is not null
  union select picture_id from listings where workspace_id = ${workspaceId} and picture_id is not null
  union select sent ->> 'fileId' from listings where workspace_id = ${workspaceId} and sent ->> 'fileId' is not null`;

async function inWorkspace(db: Db, clock: Clock, id: string): Promise<RemovedFiles> {
  const workspaceId = asWorkspaceId(id);
  const now = clock.now();
  const unused = await db.asWorkspace(workspaceId, async (tx) => {
    await tx.execute(sql`
      with used as materialized (${used(id)})
      update files set unused_since = null
      where workspace_id = ${id} and unused_since is not null and id in (select id from used)`);
    return (
      await rowsOf(
        tx,
        sql`
          with used as materialized (${used(id)})
          update files set unused_since = ${at(now)}
          where workspace_id = ${id} and kind is not null and unused_since is null and id not in (select id from used)
          returning id`,
      )
    ).length;
  });
  let gone = 0;
  for (;;) {
    const some = await db.asWorkspace(workspaceId, (tx) => removeSome(tx, { clock, workspaceId }));
    gone += some;
    if (some < BATCH) return { unused, files: gone };
  }
}

async function removeSome(
  tx: Tx,
  { clock, workspaceId }: Pick<Ctx, 'clock' | 'workspaceId'>,
): Promise<number> {
  const long = at(new Date(clock.now().getTime() - KEPT_DAYS * DAY_MS));
  const old = sql`workspace_id = ${workspaceId} and kind is not null and unused_since < ${long}`;
  const [any] = await rowsOf(tx, sql`select id from files where ${old} limit 1`);
  if (!any) return 0;
  // Saving a text references the workspace and the file (completeMedia), so any such transaction has either ended or waits for this one.
  await lockWorkspace(tx, workspaceId);
  const ids = await rowsOf<{ id: string }>(
    tx,
    sql`select id from files where ${old} order by id limit ${BATCH} for update`,
  );
  // A separate statement, so that it sees what those transactions wrote.
  const removed = await rowsOf<{ name: string }>(
    tx,
    sql`
      with used as materialized (${used(workspaceId)})
      delete from files
      where ${old} and id in (${sql.join(
        ids.map(({ id }) => sql`${id}`),
        sql`, `,
      )}) and id not in (select id from used)
      returning name`,
  );
  if (removed.length > 0) {
    const [first] = removed;
    const actor = systemActor('clean-up');
    await recordActivity(
      tx,
      { clock, workspaceId, actor },
      {
        verb: 'file.removed',
        subjectType: 'workspace',
        subjectId: workspaceId,
        summary: fact('files.activity.removed', { count: removed.length, name: first?.name ?? '' }),
      },
    );
  }
  return removed.length;
}
