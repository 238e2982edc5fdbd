import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  APPROVAL_LISTS,
  approvals,
  connections,
  PUBLICATION_LISTS,
  type postingSettings,
  publications,
  series,
  seriesTargets,
  type workspaces,
} from '@/db/schema';
import { listed } from '@/db/state-sql';
import { at } from '@/db/statements';
import { updateOf } from '@/db/update-of';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { Platforms } from '@/server/verbs/platforms';
import { resolveAlert } from '../alerts/resolve-alert';
import { noRoomAlert } from '../approval-requests/alert-keys';
import { newApproval, openApproval, type PreparedApproval } from '../approval-requests/open-approval';
import { asksFirst } from '../approval-requests/who-decides';
import { repostWords } from '../follow-up-rules/repost-words';
import type { Post } from '../posts/schemas';
import { contentProblem, lacksUpload, uploadRefusal } from '../preflight/check-targets';
import { mayBeOut } from '../publications/ask-uncertain-outcome';
import { closeActions } from '../publications/close-actions';
import { type Content, sameContent, toldBy } from '../publications/content';
import { endAlerts } from '../publications/end-alerts';
import { MISSED_ACTION } from '../publications/missed';
import { isPart } from '../publications/publication-kind';
import { type PublicationState, STEPS } from '../publications/transitions';
import type { Due } from '../scheduling/resolve-due';
import { readSeriesTexts, seriesFact } from './series-texts';

type Row = typeof publications.$inferSelect;
type Variant = Post['variants'][number];
/** What becomes of one publication: what it says from then on, in which state, and, when it is moved, its new time. */
export interface Change {
  row: Row;
  account: string;
  platform: string;
  next: Content;
  to: PublicationState;
  due?: Due;
  /** Of which variant it is from then on, when it takes the post's newest text. */
  renewed?: string;
}

/** What an edit, or a move to other times, does to the publications of a post. */
export interface Edit {
  /** What changes, and what it says from then on. */
  changes: Change[];
  /** How many went out before and keep what was sent. */
  sent: number;
  /** Whether whoever edits may not decide about it, so that somebody decides before any of it goes out. */
  mustAsk: boolean;
  /** Whether a decision is asked: because of that, or because what waits for one was edited. */
  asks: boolean;
  /** Decisions that were asked about the older text. */
  replaced: string[];
  /** What else waits for these decisions; it is decided about together with the rest. */
  along: { row: Row; account: string; platform: string }[];
  /** Running series whose next posts are decided about again, too. */
  series: string[];
  /** When and what these send to each account from now on. */
  repeats: Repeat[];
}

/** What a series sends to one account. */
export interface Repeat {
  connectionId: string;
  platform: string;
  /** When. */
  rule: Fact;
  content: Content;
}

/** What a person saw and asks for when they edit. */
export interface EditRequest {
  before: readonly Variant[];
  after: readonly Variant[];
  /** Only what is due from this local day on (`YYYY-MM-DD`) changes. */
  from: string | undefined;
  /** The publications that the person saw as waiting. */
  waiting: readonly string[] | undefined;
}

/**
 * What an edit of a post's texts does to its publications: what has not begun to be sent says the newer text, what went out keeps what
 * was sent. Throws `conflict` when one that would change is being sent, may be out already, or has gone out since the person looked,
 * and `invalid` when its platform does not take the newer text. The rows are locked.
 */
export async function readEdit(
  tx: Tx,
  ctx: Ctx,
  postId: string,
  { before, after, from, waiting }: EditRequest,
  settings: typeof postingSettings.$inferSelect | null,
  port: Platforms,
): Promise<Edit> {
  const mustAsk = asksFirst(ctx, settings);
  const edit: Edit = {
    changes: [],
    sent: 0,
    mustAsk,
    asks: false,
    replaced: [],
    along: [],
    series: [],
    repeats: [],
  };
  const pairs = before.flatMap((old) => {
    const now = after.find((v) => v.platform === old.platform);
    return now && !sameContent(old, now) ? [{ old, now }] : [];
  });
  const touched = [
    ...pairs.map(({ old }) => old.platform),
    ...after.filter((v) => !before.some((old) => old.platform === v.platform)).map((v) => v.platform),
    ...(await takenOff(tx, ctx, before, after)),
  ];
  if (touched.length === 0) return edit;
  const own = and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.postId, postId));
  // The approvals first, as everybody who needs both locks them.
  await tx
    .select({ id: approvals.id })
    .from(approvals)
    .where(
      and(
        eq(approvals.workspaceId, ctx.workspaceId),
        eq(approvals.subjectId, postId),
        inArray(approvals.state, APPROVAL_LISTS.undecided),
      ),
    )
    .orderBy(approvals.id)
    .for('update');
  const rows = await tx
    .select({
      row: publications,
      account: connections.remoteName,
      platform: connections.platform,
      scopes: connections.scopes,
      uncertain: mayBeOut,
    })
    .from(publications)
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .where(own)
    .orderBy(publications.id)
    .for(...updateOf(publications));
  const fields: Record<string, Fact> = {};
  for (const { row, account, platform, scopes, uncertain } of rows) {
    const pair = pairs.find(({ old }) => old.id === row.variantId);
    // What follows a post that does well has words of its own.
    if (!pair || (row.followsId !== null && !isPart(row.id))) continue;
    if (from !== undefined && row.localTime.slice(0, 10) < from) continue;
    const next = nextOf(row, pair.old, pair.now);
    if (next && sameContent(next, row)) continue;
    if (row.state === 'published') {
      if (waiting?.includes(row.id)) throw tooLate(row, account);
      if (row.kind === 'post') edit.sent++;
      continue;
    }
    const stopped = row.state === 'cancelled' && row.setAsideFrom !== null && !uncertain;
    if (row.state === 'cancelled' && !stopped) continue;
    if (row.state === 'publishing' || row.state === 'unknown' || uncertain)
      throw refused(row.state, account, row);
    if (!next)
      throw new AppError('conflict', fact('planning.errors.partMissing', { account }), {
        fields: { [`variants.${platform}`]: fact('planning.errors.waitingPartMissing') },
      });
    const traits = port.traits(platform);
    const name = traits?.name ?? platform;
    const problem = isPart(row.id)
      ? traits && contentProblem(pair.now, name, traits)
      : ((traits && contentProblem(next, name, traits)) ??
        (next.media.length > 0 && lacksUpload(traits, scopes) ? uploadRefusal(account, name) : null));
    if (problem) fields[`variants.${platform}`] = problem;
    edit.changes.push({ row, account, platform, next, to: stateAfter(row.state, mustAsk) });
  }
  const [problem, ...more] = Object.values(fields);
  if (problem)
    throw new AppError('invalid', more.length === 0 ? problem : fact('planning.errors.waitingRefused'), {
      fields,
    });
  edit.replaced = [
    ...new Set(
      edit.changes.flatMap(({ row }) =>
        (row.state === 'awaiting_approval' || row.setAsideFrom === 'awaiting_approval') && row.approvalId
          ? [row.approvalId]
          : [],
      ),
    ),
  ];
  const repeated = await tx
    .selectDistinct({ row: series, undecided: approvals.id })
    .from(series)
    .innerJoin(seriesTargets, eq(seriesTargets.seriesId, series.id))
    .innerJoin(connections, eq(connections.id, seriesTargets.connectionId))
    .leftJoin(
      approvals,
      and(eq(approvals.id, series.approvalId), inArray(approvals.state, APPROVAL_LISTS.undecided)),
    )
    .where(
      and(
        eq(series.workspaceId, ctx.workspaceId),
        eq(series.postId, postId),
        eq(series.state, 'active'),
        inArray(connections.platform, touched),
      ),
    )
    .orderBy(series.id);
  // A decision about a series is about the texts of what is still to be made, too.
  for (const { undecided } of repeated)
    if (undecided !== null && !edit.replaced.includes(undecided)) edit.replaced.push(undecided);
  edit.along = rows.filter(
    ({ row }) =>
      row.state === 'awaiting_approval' &&
      row.approvalId !== null &&
      edit.replaced.includes(row.approvalId) &&
      !edit.changes.some((change) => change.row.id === row.id),
  );
  for (const { row } of repeated) {
    if (!mustAsk && (row.approvalId === null || !edit.replaced.includes(row.approvalId))) continue;
    edit.series.push(row.id);
    for (const { connectionId, platform } of await readSeriesTexts(tx, ctx.workspaceId, row)) {
      const content = after.find((v) => v.platform === platform);
      if (content) edit.repeats.push({ connectionId, platform, rule: seriesFact(row), content });
    }
  }
  edit.asks =
    edit.series.length > 0 ||
    edit.changes.some(
      ({ row, to }) => to === 'awaiting_approval' || (row.state === 'cancelled' && mustAsk),
    ) ||
    edit.replaced.length > 0;
  return edit;
}

/** The platforms that the edit takes off the post. A text that something was made from stays (`replaceVariants`). */
async function takenOff(
  tx: Tx,
  ctx: Ctx,
  before: readonly Variant[],
  after: readonly Variant[],
): Promise<string[]> {
  const gone = before.filter((old) => !after.some((v) => v.platform === old.platform));
  if (gone.length === 0) return [];
  const used = await tx
    .selectDistinct({ id: publications.variantId })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        inArray(
          publications.variantId,
          gone.map((v) => v.id),
        ),
      ),
    );
  return gone.flatMap((v) => (used.some(({ id }) => id === v.id) ? [] : [v.platform]));
}

/** What a row says after the edit; null for a part of a thread in whose place the newer text has nothing. */
function nextOf(row: Row, old: Variant, now: Variant): Content | null {
  if (isPart(row.id)) {
    const place = Number(row.id.slice(-2)) - 2;
    const part = now.parts[place];
    return part
      ? { text: part.text, link: part.link ?? null, parts: now.parts.slice(place + 1), media: [] }
      : null;
  }
  const { link, parts, media } = now;
  // A recycled post may stand in another of its wordings, which is edited where it is recycled.
  const reworded = row.requestKey.startsWith('evergreen:') && row.text !== old.text;
  return { text: reworded ? row.text : now.text, link, parts, media };
}

function stateAfter(state: PublicationState, asks: boolean): PublicationState {
  switch (state) {
    case 'awaiting_approval':
      return STEPS.editWaiting.to;
    case 'cancelled':
      return STEPS.editStopped.to;
    case 'draft':
      return asks ? STEPS.editAsks.to : STEPS.editMissed.to;
    case 'failed':
      return asks ? STEPS.editAsks.to : STEPS.editFailed.to;
    default:
      return asks ? STEPS.editAsks.to : STEPS.edit.to;
  }
}

function tooLate(row: Row, account: string): AppError {
  const { publishedAt, timeZone: zone } = row;
  const told = publishedAt
    ? fact('planning.errors.wentOutAt', {
        account,
        time: { instant: publishedAt.toISOString(), zone, show: 'time' },
        zone,
      })
    : fact('planning.errors.wentOut', { account });
  return new AppError('conflict', told, { details: { state: row.state, publicationId: row.id } });
}

function refused(state: PublicationState, account: string, row: Row): AppError {
  const told =
    state === 'publishing'
      ? fact('planning.errors.goingOut', { account })
      : fact('planning.errors.mayBeOut', { account });
  return new AppError('conflict', told, { details: { state, publicationId: row.id } });
}

/** The decision that is asked about the newer text; null when nobody is asked. */
export function editApproval(
  ctx: Ctx,
  edit: Edit,
  about: {
    workspace: typeof workspaces.$inferSelect;
    settings: typeof postingSettings.$inferSelect | null;
    post: Pick<Post, 'id' | 'title'>;
  },
  port: Platforms,
): PreparedApproval | null {
  if (!edit.asks) return null;
  const shown = [
    ...edit.changes
      .filter(
        // What a stop took back comes back as it is decided.
        ({ row, to }) =>
          to === 'awaiting_approval' ||
          (to === 'cancelled' && (edit.mustAsk || row.setAsideFrom === 'awaiting_approval')),
      )
      .map(({ row, platform, next, due }) => ({ row, platform, content: next, due: due ?? row })),
    ...edit.along.map(({ row, platform }) => ({ row, platform, content: row as Content, due: row as Due })),
  ]
    .map(({ row, ...one }) => ({ ...one, connectionId: row.connectionId, kind: row.kind }))
    .sort((a, b) => b.due.dueAt.getTime() - a.due.dueAt.getTime());
  const approval = newApproval({
    ctx,
    workspace: about.workspace,
    settings: about.settings,
    post: about.post,
    // Of several on one account the first that comes.
    targets: [...new Map(shown.map((one) => [one.connectionId, one])).values()].map((one) => ({
      connectionId: one.connectionId,
      platformName: port.traits(one.platform)?.name ?? one.platform,
      variant:
        one.kind === 'repost'
          ? { ...one.content, text: repostWords({ text: one.content.text, title: about.post.title }) }
          : one.content,
    })),
    dues: new Map(shown.map(({ connectionId, due }) => [connectionId, due])),
    repeats: edit.repeats.map(({ platform, rule, content }) => ({
      platformName: port.traits(platform)?.name ?? platform,
      rule,
      variant: content,
    })),
  });
  // A stop has taken all of it back: it is asked about when that is undone.
  const waits = edit.changes.some(({ to }) => to === 'awaiting_approval') || edit.along.length > 0;
  return waits || edit.series.length > 0
    ? approval
    : { ...approval, row: { ...approval.row, state: 'withdrawn' } };
}

/** Writes what `readEdit` found under its locks. Answers the earliest time at which something edited goes out; null when nothing does. */
export async function applyEdit(
  tx: Tx,
  ctx: Ctx,
  edit: Edit,
  approval: PreparedApproval | null,
): Promise<Date | null> {
  const now = ctx.clock.now();
  if (approval) await openApproval(tx, ctx, approval);
  const approvalId = approval?.row.id ?? null;
  const groups = new Map<string, Edit['changes']>();
  for (const change of edit.changes) {
    const key = JSON.stringify([change.row.state, change.to, toldBy(change.next)]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    const { next, to } = first;
    const asked = to === 'awaiting_approval';
    const stopped = to === 'cancelled' && (edit.mustAsk || first.row.setAsideFrom === 'awaiting_approval');
    await tx
      .update(publications)
      .set({
        text: next.text,
        link: next.link,
        parts: next.parts,
        // Where they are the same, their uploads stay (`db/media.sql`).
        media: next.media,
        state: to,
        version: sql`${publications.version} + 1`,
        claimToken: null,
        // What was in its line at its time is not late because somebody edited it.
        claimedUntil: sql`case when ${publications.dueAt} <= ${at(now)} and ${publications.state} in ${listed(PUBLICATION_LISTS.unsent)} then ${at(now)} end`,
        ...(asked ? { approvalId, retryAt: null, problem: null, setAsideBy: null, setAsideFrom: null } : {}),
        ...(stopped ? { approvalId, setAsideFrom: 'awaiting_approval' as const } : {}),
        updatedAt: now,
      })
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          inArray(
            publications.id,
            group.map(({ row }) => row.id),
          ),
        ),
      );
  }
  const ids = (states: PublicationState[]) =>
    edit.changes
      .filter(({ row, to }) => states.includes(row.state) && to !== row.state)
      .map(({ row }) => row.id);
  await closeActions(tx, ctx, MISSED_ACTION, ids(['draft']));
  await endAlerts(tx, ctx, ids(['failed']));
  await replaceDecisions(tx, ctx, edit, approvalId);
  const going = edit.changes.filter(({ to }) => to === 'scheduled').map(({ row }) => row.dueAt.getTime());
  return going.length > 0 ? new Date(Math.min(...going)) : null;
}

/**
 * Lets what waited for the decisions that are replaced wait for the new one, and voids the old ones: they were asked about something else.
 * Without a new one nothing is done.
 */
export async function replaceDecisions(
  tx: Tx,
  ctx: Ctx,
  edit: Pick<Edit, 'along' | 'replaced' | 'series'>,
  approvalId: string | null,
): Promise<void> {
  if (!approvalId) return;
  const now = ctx.clock.now();
  if (edit.along.length > 0)
    await tx
      .update(publications)
      .set({ approvalId, updatedAt: now })
      .where(
        and(
          eq(publications.workspaceId, ctx.workspaceId),
          inArray(
            publications.id,
            edit.along.map(({ row }) => row.id),
          ),
        ),
      );
  if (edit.replaced.length > 0)
    await tx
      .update(approvals)
      .set({ state: 'withdrawn', decidedAt: now, replacedBy: approvalId })
      .where(
        and(
          eq(approvals.workspaceId, ctx.workspaceId),
          inArray(approvals.id, edit.replaced),
          inArray(approvals.state, APPROVAL_LISTS.replaceable),
        ),
      );
  for (const id of edit.replaced) await resolveAlert(tx, ctx, noRoomAlert(id));
  if (edit.series.length > 0)
    await tx
      .update(series)
      .set({ approvalId, updatedAt: now })
      .where(and(eq(series.workspaceId, ctx.workspaceId), inArray(series.id, edit.series)));
}
