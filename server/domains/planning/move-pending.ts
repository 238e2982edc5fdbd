import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  APPROVAL_LISTS,
  approvals,
  connections,
  type postingSettings,
  posts,
  publications,
  series,
  type workspaces,
} from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { needsApproval } from '../approval-requests/approval-policy';
import { isCoveredByApproval } from '../approval-requests/fingerprint';
import { openApproval, type PreparedApproval } from '../approval-requests/open-approval';
import type { Content } from '../publications/content';
import { type PublicationState, STEPS } from '../publications/transitions';
import type { Due } from '../scheduling/resolve-due';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { readPostingSettings } from '../workspaces/read-workspace';
import type { Change, Edit, Repeat } from './edit';
import { editApproval, replaceDecisions } from './edit-approval';
import { readSeriesTexts, type SeriesChange, seriesFact } from './series-texts';

type Row = typeof publications.$inferSelect;
type Workspace = typeof workspaces.$inferSelect;
type Settings = typeof postingSettings.$inferSelect | null;

export interface Move {
  row: Row;
  /** The new due time. */
  due: Due;
  /**
   * Whether the publication is merely late, within the workspace's limit for publishing late automatically, so that no other time was
   * chosen.
   */
  onlyLate?: boolean;
  /** The variant and content of the post's newer text. The time may stay the same. */
  renewed?: { variantId: string; content: Content };
}
/** Publications to move, and the active series whose next days move along. */
export interface Moves {
  moves: readonly Move[];
  series?: readonly {
    id: string;
    postId: string;
    approvalId: string | null;
    /** The change of the series' rule. */
    change?: SeriesChange;
  }[];
}

/** Context of `read`. With `lock`, it locks what it finds, and the result is final. */
export interface MoveContext {
  workspace: Workspace;
  settings: Settings;
  lock: boolean;
}

/** The effect of the moves on the publications of one post. */
interface PostMoves {
  post: { id: string; title: string };
  edit: Edit;
}

/** Writes the moves: the time and state of each publication, and the approvals that they need. */
export interface MoveWriter {
  /** Whether an approval is requested before publication. */
  asks: boolean;
  apply: (more?: {
    /** Selects the series that wait for the new approval, from the series found and the replaced approvals. */
    series?: (ids: readonly string[], replaced: readonly string[]) => readonly string[];
  }) => Promise<void>;
}

/**
 * Moves publications to other times, or to their post's newest text. Pending approvals are replaced, and if the workspace requires review,
 * every move by a member who cannot approve needs approval, because an approval covers the time as well as the text. `read` determines the
 * moves and `write` applies them, in one transaction that holds the workspace's lock.
 */
export async function movePending<Found extends Moves, Result>({
  ctx,
  platform,
  read,
  write,
}: {
  ctx: Ctx;
  platform: Platforms;
  read: (tx: Tx, about: MoveContext) => Promise<Found>;
  write: (tx: Tx, found: Found, writer: MoveWriter, workspace: Workspace) => Promise<Result>;
}): Promise<Result> {
  const done = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const settings = await readPostingSettings(tx, ctx);
    const found = await read(tx, { workspace, settings, lock: true });
    const all = await byPost(tx, ctx, found, settings);
    const writer: MoveWriter = {
      asks: all.some(({ edit }) => edit.asks),
      apply: async (more) => {
        for (const { post, edit } of all) {
          const about = { workspace, settings, post };
          const approval = editApproval(ctx, edit, about, platform);
          const series = [...(more?.series?.(edit.series, edit.replaced) ?? edit.series)];
          await apply(tx, ctx, { ...edit, series }, approval);
        }
      },
    };
    return { result: await write(tx, found, writer, workspace), asks: writer.asks };
  });
  if (done.asks) await ctx.events.publish('email/queued', {});
  return done.result;
}

/** Groups the moves by post, with the approvals that they replace. */
async function byPost(tx: Tx, ctx: Ctx, found: Moves, settings: Settings): Promise<PostMoves[]> {
  const mayNot = needsApproval(ctx, settings);
  const ids = [
    ...new Set([...found.moves.map(({ row }) => row.postId), ...(found.series ?? []).map((s) => s.postId)]),
  ];
  if (ids.length === 0) return [];
  const titles = await tx
    .select({ id: posts.id, title: posts.title })
    .from(posts)
    .where(and(eq(posts.workspaceId, ctx.workspaceId), inArray(posts.id, ids)))
    .orderBy(asc(posts.id));
  const accounts = await tx
    .select({ id: connections.id, account: connections.remoteName, platform: connections.platform })
    .from(connections)
    .where(eq(connections.workspaceId, ctx.workspaceId));
  const accountOf = (id: string) => {
    const { account = '', platform = '' } = accounts.find((one) => one.id === id) ?? {};
    return { account, platform };
  };
  const all: PostMoves[] = [];
  for (const post of titles) {
    const changes = found.moves.flatMap(({ row, due, onlyLate, renewed }): Change[] => {
      const stays = due.dueAt.getTime() === row.dueAt.getTime() && !renewed;
      // A publication that is pending with the same time and text keeps its approval.
      if (row.postId !== post.id || (stays && row.state === 'awaiting_approval')) return [];
      const { text, link, parts, media, options } = renewed?.content ?? row;
      const to = stateAfter(row, mayNot && !stays && !onlyLate);
      const next = { text, link, parts, media, options };
      return [
        {
          row,
          ...accountOf(row.connectionId),
          next,
          to,
          due,
          ...(renewed && { renewed: renewed.variantId }),
        },
      ];
    });
    const replaced = [
      ...new Set(
        changes.flatMap(({ row }) => (isCoveredByApproval(row) && row.approvalId ? [row.approvalId] : [])),
      ),
    ].sort();
    for (const one of found.series ?? [])
      if (one.postId === post.id && one.approvalId && !replaced.includes(one.approvalId)) {
        const [open] = await tx
          .select({ id: approvals.id })
          .from(approvals)
          .where(
            and(
              eq(approvals.workspaceId, ctx.workspaceId),
              eq(approvals.id, one.approvalId),
              inArray(approvals.state, APPROVAL_LISTS.undecided),
            ),
          );
        if (open) replaced.push(open.id);
      }
    const waiting =
      replaced.length > 0
        ? await tx
            .select()
            .from(publications)
            .where(
              and(
                eq(publications.workspaceId, ctx.workspaceId),
                inArray(publications.approvalId, replaced),
                eq(publications.state, 'awaiting_approval'),
              ),
            )
            .orderBy(asc(publications.id))
        : [];
    const repeated =
      replaced.length > 0
        ? await tx
            .select({ id: series.id })
            .from(series)
            .where(
              and(
                eq(series.workspaceId, ctx.workspaceId),
                eq(series.state, 'active'),
                inArray(series.approvalId, replaced),
              ),
            )
        : [];
    const moving = (found.series ?? []).filter((one) => one.postId === post.id && mayNot);
    const repeats: Repeat[] = [];
    const ownSeries = [...new Set([...repeated, ...moving].map(({ id }) => id))].sort();
    if (ownSeries.length > 0)
      for (const row of await tx
        .select()
        .from(series)
        .where(and(eq(series.workspaceId, ctx.workspaceId), inArray(series.id, ownSeries)))
        .orderBy(asc(series.id))) {
        const rule = seriesFact(row, found.series?.find(({ id }) => id === row.id)?.change);
        for (const { connectionId, platform, content } of await readSeriesTexts(tx, ctx.workspaceId, row))
          if (content) repeats.push({ connectionId, platform, rule, content });
      }
    const edit: Edit = {
      changes,
      sent: 0,
      mustAsk: mayNot,
      asks:
        replaced.length > 0 || ownSeries.length > 0 || changes.some(({ to }) => to === 'awaiting_approval'),
      replaced,
      along: waiting
        .filter((row) => !changes.some((change) => change.row.id === row.id))
        .map((row) => ({ row, ...accountOf(row.connectionId) })),
      series: ownSeries,
      repeats,
      seriesOptions: [],
    };
    all.push({ post, edit });
  }
  return all;
}

function stateAfter(row: Row, asks: boolean): PublicationState {
  switch (row.state) {
    case 'awaiting_approval':
      return STEPS.rescheduleWaiting.to;
    case 'cancelled':
      return asks || isCoveredByApproval(row) ? STEPS.sendRestAsks.to : STEPS.sendRest.to;
    case 'unknown':
      return asks ? STEPS.personSaysNotThereAsks.to : STEPS.personSaysNotThere.to;
    case 'draft':
      return asks ? STEPS.editAsks.to : STEPS.answerSend.to;
    case 'failed':
      return asks ? STEPS.editAsks.to : STEPS.retry.to;
    default:
      return asks ? STEPS.editAsks.to : STEPS.reschedule.to;
  }
}

async function apply(tx: Tx, ctx: Ctx, edit: Edit, approval: PreparedApproval | null): Promise<void> {
  const now = ctx.clock.now();
  if (approval) await openApproval(tx, ctx, approval);
  for (const { row, to, due, next, renewed } of edit.changes) {
    const asked = to === 'awaiting_approval' && approval !== null;
    const stays = !asked && due?.dueAt.getTime() === row.dueAt.getTime();
    const moved = await tx
      .update(publications)
      .set({
        ...(due ? { dueAt: due.dueAt, localTime: due.localTime, timeZone: due.timeZone } : {}),
        state: to,
        version: sql`${publications.version} + 1`,
        claimToken: null,
        // A publication that reached its line in time does not count as late because its text was renewed.
        claimedUntil: renewed && stays && row.dueAt <= now ? now : null,
        ...(renewed && stays ? {} : { retryAt: null, problem: null }),
        ...(renewed
          ? {
              variantId: renewed,
              text: next.text,
              link: next.link,
              parts: next.parts,
              media: next.media,
              options: next.options,
            }
          : {}),
        setAsideBy: null,
        setAsideFrom: null,
        ...(asked ? { approvalId: approval.row.id } : {}),
        updatedAt: now,
      })
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          eq(publications.id, row.id),
          eq(publications.version, row.version),
          eq(publications.state, row.state),
        ),
      )
      .returning({ id: publications.id });
    if (moved.length === 0) throw new AppError('conflict', fact('planning.errors.oneGoingOut'));
  }
  await replaceDecisions(tx, ctx, edit, approval?.row.id ?? null);
}
