import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { postingSettings, posts, publications, workspaces } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { type Fact, fact, type ListParam } from '@/server/foundation/facts';
import { actorKey } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { needsApproval } from '../approval-requests/approval-policy';
import { newApproval, openApproval } from '../approval-requests/open-approval';
import { assertRuleFits, followUpRuleFor } from '../follow-up-rules/default-follow-up-rule';
import { newerPost } from '../posts/newer-post';
import { readPost } from '../posts/queries';
import { readQuotaSnapshot } from '../preflight/check-schedule-load';
import { withCurrentLimitWarnings, withLimitWarnings } from '../preflight/check-schedule-made';
import { scheduledOutput } from '../preflight/check-schedule-schemas';
import { checkTargets } from '../preflight/check-targets';
import { dueForTargets } from '../preflight/due-for-targets';
import { newPublication } from '../publications/new-publication';
import { readPublications } from '../publications/queries';
import { requestSweep } from '../publications/request-sweep';
import { scheduleInput } from '../publications/schemas';
import { lockWorkspace } from '../workspaces/lock-workspace';

/**
 * Sends a post to accounts now, at a wall-clock time in the workspace's time zone, or in each account's next free slot. Each account's options are completed with
 * its platform's defaults and stay as they are. A repeated
 * `requestKey` returns the rows created before, so a double click posts only once. If the workspace requires review, the rows await
 * approval unless the sender can approve. Each row carries a warning if its platform's limits are exhausted at its time; it is scheduled
 * anyway and waits in its place.
 */
export const schedulePublications = defineVerb({
  verb: 'publications.schedule',
  access: 'posts.publish',
  effect: 'change',
  input: scheduleInput,
  output: z.array(scheduledOutput),
  run: async (ctx, input) => {
    const { postId, version, targets, when, requestKey, followUpRule } = input;
    const wanted = [...new Map(targets.map((t) => [t.connectionId, t])).values()];
    const connectionIds = wanted.map((t) => t.connectionId);
    const keys = new Map(connectionIds.map((id) => [id, `${requestKey}:${id}`]));

    // Read before the transaction that schedules, because the accounts' quota is read outside of it.
    const ahead = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const [row] = await tx
        .select({ workspace: workspaces, settings: postingSettings })
        .from(workspaces)
        .leftJoin(postingSettings, eq(postingSettings.workspaceId, workspaces.id))
        .where(eq(workspaces.id, ctx.workspaceId));
      if (!row) throw notFound('workspace');
      const made = await tx
        .select({ id: publications.id })
        .from(publications)
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            inArray(publications.requestKey, [...keys.values()]),
          ),
        );
      if (made.length > 0)
        return {
          before: await readPublications(
            tx,
            ctx,
            made.map((m) => m.id),
          ),
        };
      const post = await readPost(tx, ctx.workspaceId, postId);
      if (post.version !== version) throw newerPost(post);
      const checked = await checkTargets(tx, ctx.workspaceId, post, wanted, ctx.platforms);
      if (followUpRule)
        assertRuleFits(
          followUpRule,
          checked.map((t) => t.platform),
          ctx.platforms,
        );
      // Without the lock, these times only serve for the warnings. The slots are claimed below.
      const dues = await dueForTargets(tx, row.workspace, when, checked, post.topicId, ctx.clock.now());
      return { ...row, post, checked, dues, before: undefined };
    });
    if (ahead.before !== undefined)
      return withCurrentLimitWarnings(ctx.db, ctx.workspaceId, ahead.before, ctx.platforms, ctx.clock.now());
    const quota = await readQuotaSnapshot(
      ctx.db,
      ahead.checked.flatMap((t) => {
        const due = ahead.dues.get(t.connectionId);
        return due ? [{ ...t, ...due, posts: 1 + t.variant.parts.length }] : [];
      }),
      [],
      ctx.clock.now(),
    );
    const result = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      // A double click that waited for the lock finds the rows of the first one.
      const before = await tx
        .select({ id: publications.id })
        .from(publications)
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            inArray(publications.requestKey, [...keys.values()]),
          ),
        );
      const answer = async (ids: string[]) =>
        withLimitWarnings(
          tx,
          ctx.workspaceId,
          await readPublications(tx, ctx, ids),
          quota,
          ctx.platforms,
          ctx.clock.now(),
        );
      if (before.length > 0)
        return { rows: await answer(before.map((b) => b.id)), fresh: false, asks: false };
      await tx
        .select({ id: posts.id })
        .from(posts)
        .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, postId)))
        .for('update');
      const post = await readPost(tx, ctx.workspaceId, postId);
      if (post.version !== version) throw newerPost(post);
      const checked = await checkTargets(tx, ctx.workspaceId, post, wanted, ctx.platforms);
      const now = ctx.clock.now();
      const dues = await dueForTargets(tx, workspace, when, checked, post.topicId, now);
      const approval = needsApproval(ctx, ahead.settings)
        ? newApproval({ ctx, workspace, settings: ahead.settings, post, targets: checked, dues })
        : null;
      const rows = checked.map((t) => {
        const due = dues.get(t.connectionId);
        const key = keys.get(t.connectionId);
        if (!due || !key) throw new Error('A target has no time or no key');
        const { id: variantId, text, link, parts, media } = t.variant;
        return newPublication(ctx, {
          postId,
          variantId,
          connectionId: t.connectionId,
          platform: t.platform,
          text,
          link,
          parts,
          media,
          options: t.options,
          due,
          waits: approval !== null,
          follows: null,
          requestKey: key,
          followUpRule: followUpRuleFor(
            followUpRule && { ...followUpRule, by: actorKey(ctx.actor) },
            ahead.settings?.followUpRule,
            t.platform,
            ctx.platforms,
          ),
          approvalId: approval?.row.id ?? null,
          createdBy: actorKey(ctx.actor),
        });
      });
      if (approval) await openApproval(tx, ctx, approval);
      await tx.insert(publications).values(rows);
      await recordActivity(tx, ctx, {
        verb: 'post.scheduled',
        subjectType: 'post',
        subjectId: postId,
        summary: summaryOf(when, workspace.timeZone, {
          title: post.title,
          platforms: { list: checked.map((t) => t.platformName) },
          waits: approval ? 'yes' : 'no',
        }),
        after: {
          publications: rows.map(({ id, dueAt, state }) => ({ id, dueAt: dueAt.toISOString(), state })),
        },
      });
      return { rows: await answer(rows.map((r) => r.id)), fresh: true, asks: approval !== null };
    });

    if (result.fresh) {
      const first = result.rows[0];
      if (result.asks) await ctx.events.publish('email/queued', {});
      else if (first) await requestSweep(ctx, first.dueAt);
    }
    return result.rows;
  },
});

function summaryOf(
  when: z.output<typeof scheduleInput>['when'],
  zone: string,
  params: { title: string; platforms: ListParam; waits: 'yes' | 'no' },
): Fact {
  if (when.kind === 'at')
    return fact('planning.activity.scheduled', { ...params, time: { local: when.local }, zone });
  return when.kind === 'now'
    ? fact('planning.activity.sent', params)
    : fact('planning.activity.queued', params);
}
