import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  connections,
  type FollowUpRule,
  postingSettings,
  publicationResults,
  publications,
  workspaces,
} from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';
import { faultPoint } from '@/server/foundation/fault-points';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { needsApprovalForWriters } from '../approval-requests/approval-policy';
import { newApproval, openApproval } from '../approval-requests/open-approval';
import { aDayLater, type FollowUpDue, followUpDue, RECONNECT_MS } from '../follow-up-rules/decide';
import { type FollowUpMethod, methodNow } from '../follow-up-rules/follow-up-method';
import { repostDescription } from '../follow-up-rules/repost-description';
import { formatCount, formatDuration } from '../follow-up-rules/words';
import { PLAN_TERMS } from '../plans/plans';
import { readPost } from '../posts/queries';
import { newPublication } from '../publications/new-publication';
import { followUpKey } from '../publications/publication-kind';
import { requestSweep } from '../publications/request-sweep';
import { countsTowardsPlan, DailyQuota } from '../scheduling/count-day';
import { lockWorkspace } from '../workspaces/lock-workspace';

export type FollowUpResult = 'completed' | 'over' | 'waiting' | 'skipped';

/** How many days ahead a follow-up moves to find a day on which the plan is not full. */
const MAX_DAYS = 14;

type Publication = typeof publications.$inferSelect;
type Results = typeof publicationResults.$inferSelect;
interface Read {
  p: Publication;
  r: Results;
  connection: typeof connections.$inferSelect;
  workspace: typeof workspaces.$inferSelect;
  settings: typeof postingSettings.$inferSelect | null;
}

/**
 * Creates the follow-up of a post that did well: a single publication, ever, in the account's line like any other. If the workspace
 * requires review, it waits for approval unless the author of the rule can approve. `over`: it cannot be created, and the members are
 * notified of the reason. `waiting`: the account must be reconnected first.
 */
export async function runFollowUp({
  ctx,
  input: { publicationId },
}: {
  ctx: Ctx;
  input: { publicationId: string };
}): Promise<FollowUpResult> {
  const now = ctx.clock.now();
  const ahead = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const read = await readOne(tx, ctx, publicationId);
    if (read?.r.followUpState !== 'reached' || !read.p.followUpRule) return null;
    const traits = ctx.platforms.traits(read.connection.platform, read.connection.limits);
    const first = followUpDue(read.p.followUpRule, now, publishedAtOf(read.p), {
      timeZone: read.workspace.timeZone,
      activeFrom: read.settings?.activeFrom ?? 0,
      activeTo: read.settings?.activeTo ?? 0,
    });
    const post = await readPost(tx, ctx.workspaceId, read.p.postId);
    // The author of the rule chose the follow-up. The workspace's default has no author, because only a member who can approve may set it.
    const { by } = read.p.followUpRule;
    const asks = await needsApprovalForWriters(tx, ctx, read.settings, by === undefined ? [] : [by]);
    return { ...read, post, traits, first, asks };
  });
  if (!ahead) return 'skipped';
  const { traits } = ahead;
  const name = traits?.name ?? ahead.connection.platform;

  faultPoint('follow-up: before');
  const done = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    // Locks the publication before its results, in the same order as all other code.
    await tx
      .select({ id: publications.id })
      .from(publications)
      .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, publicationId)))
      .for('update');
    const read = await readOne(tx, ctx, publicationId);
    const rule = read?.p.followUpRule;
    if (!read || !rule || read.r.followUpState !== 'reached' || !same(rule, ahead.p.followUpRule))
      return 'skipped';
    // The follow-up must match what the approval was prepared for. If the permalink arrived in the meantime, the next sweep handles it.
    if (read.p.permalink !== ahead.p.permalink) return 'skipped';
    const story = noteParams(rule, read);
    const refuse = async (why: Fact): Promise<'over'> => {
      await end(tx, ctx, publicationId, 'over', fact('followUps.notes.refused', { ...story, why }));
      await raiseAlert(tx, ctx, {
        key: `publication:${publicationId}:follow-up`,
        severity: 'warning',
        title: fact('followUps.alerts.refused.title', { title: ahead.post.title, platform: name }),
        body: fact('followUps.alerts.refused.body', { ...story, why }),
        href: `/posts/${read.p.postId}`,
      });
      return 'over';
    };
    if (read.connection.status === 'needs_reconnect') {
      const since = read.r.followUpAt?.getTime() ?? now.getTime();
      if (now.getTime() - since < RECONNECT_MS) return 'waiting';
    }
    const found = methodNow(read.connection, read.p, traits, name, rule, read.r.gone);
    if ('why' in found) return refuse(found.why);
    const { method } = found;
    // A repost or reply belongs to its post, like the parts of a thread. A new post counts towards the plan's limit.
    const due = countsTowardsPlan(method) ? await dueWithinQuota(tx, workspace, ahead.first) : ahead.first;
    if (!due)
      return refuse(
        fact('followUps.problems.noRoom', { plan: PLAN_TERMS[workspace.plan].name, days: MAX_DAYS }),
      );
    const approval = ahead.asks
      ? newApproval({
          ctx,
          workspace,
          settings: read.settings,
          post: ahead.post,
          targets: [
            {
              connectionId: read.connection.id,
              platform: read.connection.platform,
              platformName: name,
              options: read.p.options,
              variant: { ...shown(method, read.p, ahead.post.title), link: method.link, parts: [] },
            },
          ],
          dues: new Map([[read.connection.id, due]]),
        })
      : null;
    const made = await tx
      .insert(publications)
      .values(
        newPublication(ctx, {
          postId: read.p.postId,
          variantId: read.p.variantId,
          connectionId: read.p.connectionId,
          platform: read.connection.platform,
          text: method.kind === 'repost' ? read.p.text : method.text,
          link: method.link,
          parts: [],
          media: [],
          // A follow-up goes where its post went.
          options: read.p.options,
          due,
          waits: approval !== null,
          follows: { id: publicationId, kind: method.kind },
          requestKey: followUpKey(publicationId),
          followUpRule: null,
          approvalId: approval?.row.id ?? null,
          createdBy: read.p.createdBy,
        }),
      )
      .onConflictDoNothing({ target: [publications.workspaceId, publications.requestKey] })
      .returning({ id: publications.id });
    if (made.length === 0) {
      // It was created before. A rule that was restored must not create it again.
      await end(tx, ctx, publicationId, 'completed', fact('followUps.notes.doneBefore'));
      return 'skipped';
    }
    if (approval) await openApproval(tx, ctx, approval);
    const later = due.dueAt.getTime() > now.getTime();
    const params = { ...story, method: method.name };
    const note = approval
      ? fact('followUps.notes.approval', params)
      : later
        ? fact('followUps.notes.later', { ...params, due: { local: due.localTime }, zone: due.timeZone })
        : workspace.heldAt
          ? fact('followUps.notes.held', params)
          : fact('followUps.notes.now', params);
    await end(tx, ctx, publicationId, 'completed', note);
    await recordActivity(tx, ctx, {
      verb: 'publication.followed_up',
      subjectType: 'publication',
      subjectId: publicationId,
      summary: fact('followUps.activity.completed', { title: ahead.post.title, platform: name, note }),
    });
    return { dueAt: due.dueAt, asks: approval !== null };
  });
  faultPoint('follow-up: after');
  if (typeof done === 'string') return done;
  if (done.asks) await ctx.events.publish('email/queued', {});
  else await requestSweep(ctx, done.dueAt);
  return 'completed';
}

async function readOne(tx: Tx, ctx: Ctx, publicationId: string): Promise<Read | null> {
  const [row] = await tx
    .select({
      p: publications,
      r: publicationResults,
      connection: connections,
      workspace: workspaces,
      settings: postingSettings,
    })
    .from(publications)
    .innerJoin(publicationResults, eq(publicationResults.publicationId, publications.id))
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .innerJoin(workspaces, eq(workspaces.id, publications.workspaceId))
    .leftJoin(postingSettings, eq(postingSettings.workspaceId, publications.workspaceId))
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, publicationId)));
  return row ?? null;
}

/** Returns the count and the duration for "It had 57 likes after 3 hours". */
function noteParams(rule: FollowUpRule, { p, r }: Read): { counted: Fact; took: Fact } {
  const publishedAt = publishedAtOf(p);
  return {
    counted: formatCount(r.followUpCount ?? rule.atLeast, rule.measure),
    took: formatDuration((r.followUpAt ?? publishedAt).getTime() - publishedAt.getTime()),
  };
}

const publishedAtOf = (p: Publication): Date => p.publishedAt ?? p.dueAt;

/** The text and media shown in an approval's e-mail. */
const shown = (
  method: FollowUpMethod,
  p: Publication,
  title: string,
): { text: string | Fact; media: Publication['media'] } =>
  method.kind === 'repost'
    ? { text: repostDescription({ text: p.text, title }), media: p.media }
    : { text: method.text, media: [] };

const same = (a: FollowUpRule | null, b: FollowUpRule | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

async function end(
  tx: Tx,
  ctx: Ctx,
  publicationId: string,
  state: 'completed' | 'over',
  note: Fact,
): Promise<void> {
  await tx
    .update(publicationResults)
    .set({ followUpState: state, followUpNote: note })
    .where(
      and(
        eq(publicationResults.workspaceId, ctx.workspaceId),
        eq(publicationResults.publicationId, publicationId),
      ),
    );
  await tx
    .update(publications)
    .set({ updatedAt: ctx.clock.now() })
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.id, publicationId)));
}

/** Finds the first day from `first` on with capacity in the plan, at the same time of day. */
async function dueWithinQuota(
  tx: Tx,
  workspace: typeof workspaces.$inferSelect,
  first: FollowUpDue,
): Promise<FollowUpDue | null> {
  const quota = new DailyQuota(tx, workspace);
  let due = first;
  for (let i = 0; i < MAX_DAYS; i++) {
    if (await quota.take(due.dueAt)) return due;
    due = aDayLater(due);
  }
  return null;
}
