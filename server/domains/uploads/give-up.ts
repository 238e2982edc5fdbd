import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { stateAfter, statesBefore } from '@/db/state-sql';
import { at, json, rowsOf } from '@/db/statements';
import type { Clock } from '@/server/foundation/clock';
import { assertNoneFailed, eachPagedRow } from '@/server/foundation/each-row';
import { type Fact, fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Ctx } from '@/server/verbs/context';
import { platformName } from '@/server/verbs/platforms';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { failureKey } from '../publications/alert-keys';
import { labelOf } from '../publications/label';
import { notHeld } from '../publications/late';
import { mediaKey } from '../publications/media-key';
import { STEPS } from '../publications/transitions';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { UPLOAD_BATCH, UPLOAD_PATIENCE_MS } from './policy';
import { expiresSoon, isStalled } from './upload-media';

/**
 * Fails due posts whose media cannot be uploaded or has taken too long, so that their lanes continue. Nothing of such a post was sent, so a
 * retry is safe. A post never goes out without its media. Returns the number of posts.
 */
export async function giveUpOnMedia({
  db,
  clock,
  ctxOf,
  batch = UPLOAD_BATCH,
}: {
  db: Db;
  clock: Clock;
  ctxOf: (workspaceId: string) => Promise<Ctx>;
  batch?: number;
}): Promise<number> {
  const now = clock.now();
  const patience = at(new Date(now.getTime() - UPLOAD_PATIENCE_MS));
  const due = sql`
    media_until is not null and state in (${statesBefore('failUnready')}) and due_at <= ${at(now)}
    and (retry_at is null or retry_at <= ${at(now)}) and media_until <= ${at(now)}
    and exists (
      select from publication_media m where m.publication_id = publications.id and (m.state = 'failed'
        or ((m.state <> 'ready' or ${expiresSoon}) and not ${isStalled(now)} and m.started_at < ${patience} and greatest(publications.due_at, publications.retry_at) < ${patience})))`;
  let gaveUp = 0;
  const swept = await eachPagedRow<{ workspace_id: string; id: string; due: string }>({
    what: 'Giving up a post without its pictures',
    of: ({ workspace_id, id }) => ({ workspaceId: workspace_id, publicationId: id }),
    read: (after) =>
      db.asSystem((tx) =>
        rowsOf(
          tx,
          sql`select workspace_id, id, due_at::text as due from publications where ${due} and ${notHeld}
            ${after === null ? sql`` : sql`and (due_at, id) > (${after.due}::timestamptz, ${after.id})`}
            order by due_at, id limit ${batch}`,
        ),
      ),
    async work({ workspace_id: workspaceId, id }) {
      const ctx = await ctxOf(workspaceId);
      faultPoint('media give up: before');
      const gone = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        await lockWorkspaceShared(tx, ctx.workspaceId);
        const [row] = await rowsOf<{
          title: string;
          connection_id: string;
          platform: string;
          post_id: string;
          why: Fact | null;
          state_before: string;
        }>(
          tx,
          sql`
          with moved as (
            update publications set state = ${stateAfter('failUnready')}, version = version + 1, claim_token = null,
              claimed_until = null, retry_at = null, updated_at = ${at(now)},
              problem = coalesce((select m.problem from publication_media m where m.publication_id = publications.id
                and m.problem is not null order by m.state = 'failed' desc, m.position limit 1), 'null')
            where id = ${id} and workspace_id = ${workspaceId} and ${due}
            returning id, post_id, connection_id, problem
          )
          select t.title, c.id as connection_id, c.platform, m.post_id, nullif(m.problem, 'null') as why, o.state as state_before
          from moved m join publications o on o.id = m.id join posts t on t.id = m.post_id join connections c on c.id = m.connection_id`,
        );
        if (!row) return null;
        const name = platformName(ctx.platforms, row.platform);
        const label = labelOf('post', row.title, name, null);
        const problem = row.why ?? fact('uploads.problems.notReady', { platform: name });
        if (row.why === null)
          await tx.execute(
            sql`update publications set problem = ${json(problem)} where id = ${id} and workspace_id = ${workspaceId}`,
          );
        await recordActivity(tx, ctx, {
          verb: 'publication.failed',
          subjectType: 'publication',
          subjectId: id,
          summary: fact('uploads.activity.failed', { what: label.inside, problem }),
          before: { state: row.state_before },
          after: { state: STEPS.failUnready.to },
        });
        // The alert that the post did not go out replaces the one about its media.
        await resolveAlert(tx, ctx, mediaKey(id));
        await raiseAlert(tx, ctx, {
          key: failureKey(id),
          severity: 'serious',
          title: fact('uploads.alerts.failed', { what: label.start }),
          body: fact('uploads.alerts.gaveUp', { problem }),
          href: `/posts/${row.post_id}`,
        });
        return { workspaceId, connectionId: row.connection_id, platform: row.platform };
      });
      faultPoint('media give up: written');
      if (!gone) return;
      gaveUp++;
      // The next post in its lane need not wait for the next sweep.
      await ctx.events.publish('publishing/lane.requested', gone);
    },
  });
  assertNoneFailed(swept, 'Giving up posts without their pictures');
  return gaveUp;
}
