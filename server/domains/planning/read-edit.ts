import { and, eq, inArray, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  APPROVAL_LISTS,
  approvals,
  connections,
  grants,
  type postingSettings,
  publications,
  series,
  seriesTargets,
} from '@/db/schema';
import { updateOf } from '@/db/update-of';
import { readOptions } from '@/server/connectors/kit/options';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import type { Ctx } from '@/server/verbs/context';
import { optionTerms, type Platforms } from '@/server/verbs/platforms';
import { needsApproval } from '../approval-requests/approval-policy';
import type { Post } from '../posts/schemas';
import {
  contentProblem,
  lacksUpload,
  optionFields,
  optionPost,
  uploadRefusal,
} from '../preflight/check-targets';
import { mayBeOut } from '../publications/ask-uncertain-outcome';
import { type Content, sameContent } from '../publications/content';
import { isPart } from '../publications/publication-kind';
import { type PublicationState, STEPS } from '../publications/transitions';
import { type ChosenOptions, newSeriesOptions, readChosenOptions } from './chosen-options';
import type { Change, Edit, Repeat } from './edit';
import { readSeriesTexts, seriesFact } from './series-texts';

type Row = typeof publications.$inferSelect;
type Variant = Post['variants'][number];
/** A variant before and after the edit, if its content differs. */
interface Pair {
  old: Variant;
  now: Variant;
}
type LockedRow = Awaited<ReturnType<typeof lockPublications>>[number];

/** The edit that a user requests, and the state that they saw. */
export interface EditRequest {
  before: readonly Variant[];
  after: readonly Variant[];
  /** New options of some accounts. */
  options: readonly { connectionId: string; options: OptionValues }[];
  /** Changes only publications that are due on or after this local day (`YYYY-MM-DD`). */
  from: string | undefined;
  /** Ids of the publications that the user saw as pending. */
  waiting: readonly string[] | undefined;
}

/**
 * Determines how an edit of a post's texts and its accounts' options affects its publications: those that are not being sent yet take the
 * new content, and published ones keep what was sent. Throws `conflict` if one to be changed is being sent, may already be out, or was published since the user saw
 * it, and `invalid` if its platform does not accept the new content. Locks the rows.
 */
export async function readEdit(
  tx: Tx,
  ctx: Ctx,
  postId: string,
  request: EditRequest,
  settings: typeof postingSettings.$inferSelect | null,
  port: Platforms,
): Promise<Edit> {
  const { before, after } = request;
  const mustAsk = needsApproval(ctx, settings);
  const pairs = before.flatMap((old): Pair[] => {
    const now = after.find((v) => v.platform === old.platform);
    return now && !sameContent(old, now) ? [{ old, now }] : [];
  });
  const touched = [
    ...pairs.map(({ old }) => old.platform),
    ...after.filter((v) => !before.some((old) => old.platform === v.platform)).map((v) => v.platform),
    ...(await takenOff(tx, ctx, before, after)),
  ];
  const chosen = await readChosenOptions(tx, ctx, request.options, port, after);
  if (touched.length === 0 && chosen.size === 0)
    return {
      changes: [],
      sent: 0,
      mustAsk,
      asks: false,
      replaced: [],
      along: [],
      series: [],
      repeats: [],
      seriesOptions: [],
    };
  // Lock order: approvals before publications.
  await lockUndecidedApprovals(tx, ctx, postId);
  const rows = await lockPublications(tx, ctx, postId);
  const { changes, sent } = changesOf(rows, pairs, chosen, request, mustAsk, port);
  const seriesOptions = await newSeriesOptions(tx, ctx, postId, chosen);
  const repeated = await readActiveSeries(
    tx,
    ctx,
    postId,
    touched,
    seriesOptions.map(({ seriesId }) => seriesId),
  );
  const replaced = new Set(
    changes.flatMap(({ row }) =>
      (row.state === 'awaiting_approval' || row.setAsideFrom === 'awaiting_approval') && row.approvalId
        ? [row.approvalId]
        : [],
    ),
  );
  // The approval of a series also covers the texts of its future occurrences.
  for (const { undecided } of repeated) if (undecided !== null) replaced.add(undecided);
  const decidedAgain = repeated
    .map(({ row }) => row)
    .filter((row) => mustAsk || (row.approvalId !== null && replaced.has(row.approvalId)));
  const asks =
    decidedAgain.length > 0 ||
    changes.some(({ row, to }) => to === 'awaiting_approval' || (row.state === 'cancelled' && mustAsk)) ||
    replaced.size > 0;
  return {
    changes,
    sent,
    mustAsk,
    asks,
    replaced: [...replaced],
    along: rows.filter(
      ({ row }) =>
        row.state === 'awaiting_approval' &&
        row.approvalId !== null &&
        replaced.has(row.approvalId) &&
        !changes.some((change) => change.row.id === row.id),
    ),
    series: decidedAgain.map(({ id }) => id),
    repeats: await repeatsOf(tx, ctx, decidedAgain, after, chosen),
    seriesOptions,
  };
}

async function lockUndecidedApprovals(tx: Tx, ctx: Ctx, postId: string): Promise<void> {
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
}

const lockPublications = (tx: Tx, ctx: Ctx, postId: string) =>
  tx
    .select({
      row: publications,
      account: connections.remoteName,
      platform: connections.platform,
      limits: connections.limits,
      remoteId: connections.remoteId,
      scopes: grants.scopes,
      uncertain: mayBeOut,
    })
    .from(publications)
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .leftJoin(grants, eq(grants.id, connections.grantId))
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.postId, postId)))
    .orderBy(publications.id)
    .for(...updateOf(publications));

/** Returns the changes to a post's publications, and how many were already published. Throws like `readEdit`. */
function changesOf(
  rows: readonly LockedRow[],
  pairs: readonly Pair[],
  chosen: ChosenOptions,
  { from, waiting }: EditRequest,
  mustAsk: boolean,
  port: Platforms,
): Pick<Edit, 'changes' | 'sent'> {
  const changes: Change[] = [];
  let sent = 0;
  const fields: Record<string, Fact> = {};
  for (const locked of rows) {
    const { row, account, platform, limits, uncertain } = locked;
    // A follow-up has its own text.
    const pair =
      row.followsId !== null && !isPart(row.id)
        ? undefined
        : pairs.find(({ old }) => old.id === row.variantId);
    const options = chosen.get(row.connectionId) ?? row.options;
    if (!pair && options === row.options) continue;
    if (from !== undefined && row.localTime.slice(0, 10) < from) continue;
    const next = nextOf(row, pair, options);
    if (next && sameContent(next, row)) continue;
    if (row.state === 'published') {
      if (waiting?.includes(row.id)) throw tooLate(row, account);
      if (row.kind === 'post') sent++;
      continue;
    }
    const stopped = row.state === 'cancelled' && row.setAsideFrom !== null && !uncertain;
    if (row.state === 'cancelled' && !stopped) continue;
    if (row.state === 'publishing' || row.state === 'handed_over' || row.state === 'unknown' || uncertain)
      throw refused(row.state, account, row);
    if (!next)
      throw new AppError('conflict', fact('planning.errors.partMissing', { account }), {
        fields: { [`variants.${platform}`]: fact('planning.errors.waitingPartMissing') },
      });
    const problem = pair && problemOf(locked, pair, next, port);
    if (problem) fields[`variants.${platform}`] = problem;
    const traits = port.traits(platform, limits);
    const post = traits && row.kind === 'post' ? optionPost(next, traits) : null;
    const unfit = readOptions(optionTerms(port, platform, limits), options, post).problems;
    Object.assign(fields, optionFields(row.connectionId, unfit));
    changes.push({ row, account, platform, next, to: stateAfter(row.state, mustAsk) });
  }
  const [problem, ...more] = Object.values(fields);
  if (problem)
    throw new AppError('invalid', more.length === 0 ? problem : fact('planning.errors.waitingRefused'), {
      fields,
    });
  return { changes, sent };
}

/** Returns why the platform does not accept the new content of a publication, or null if it does. */
function problemOf(
  { row, account, platform, remoteId, limits, scopes }: LockedRow,
  { now }: Pair,
  next: Content,
  port: Platforms,
): Fact | null {
  const traits = port.traits(platform, limits);
  if (!traits) return null;
  // A part of a thread is validated together with the whole thread.
  if (isPart(row.id)) return contentProblem(now, traits.name, traits);
  return (
    contentProblem(next, traits.name, traits) ??
    (next.media.length > 0 && lacksUpload(traits, remoteId, scopes)
      ? uploadRefusal(account, traits.name)
      : null)
  );
}

/**
 * Reads the active series of a post that send to one of the platforms or are among `ids`, each with its approval if that is undecided.
 */
const readActiveSeries = (tx: Tx, ctx: Ctx, postId: string, platforms: string[], ids: string[]) =>
  tx
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
        or(inArray(connections.platform, platforms), inArray(series.id, ids)),
      ),
    )
    .orderBy(series.id);

async function repeatsOf(
  tx: Tx,
  ctx: Ctx,
  rows: readonly (typeof series.$inferSelect)[],
  after: readonly Variant[],
  chosen: ChosenOptions,
): Promise<Repeat[]> {
  const repeats: Repeat[] = [];
  for (const row of rows)
    for (const { connectionId, platform, options: before } of await readSeriesTexts(
      tx,
      ctx.workspaceId,
      row,
    )) {
      const now = after.find((v) => v.platform === platform);
      if (!now) continue;
      const { text, link, parts, media } = now;
      const content = { text, link, parts, media, options: chosen.get(connectionId) ?? before };
      repeats.push({ connectionId, platform, rule: seriesFact(row), content });
    }
  return repeats;
}

/** Returns the platforms that the edit removes from the post. A variant with publications stays (`replaceVariants`). */
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

/** Returns the content of a publication after the edit; null for a thread part that the new text does not have. */
function nextOf(row: Row, pair: Pair | undefined, options: OptionValues): Content | null {
  if (!pair) return { text: row.text, link: row.link, parts: row.parts, media: row.media, options };
  const { old, now } = pair;
  if (isPart(row.id)) {
    const place = Number(row.id.slice(-2)) - 2;
    const part = now.parts[place];
    return part
      ? { text: part.text, link: part.link ?? null, parts: now.parts.slice(place + 1), media: [], options }
      : null;
  }
  const { link, parts, media } = now;
  // A recycled post may use another wording, which is edited in its recycling settings.
  const reworded = row.requestKey.startsWith('evergreen:') && row.text !== old.text;
  return { text: reworded ? row.text : now.text, link, parts, media, options };
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
  const reason = publishedAt
    ? fact('planning.errors.wentOutAt', {
        account,
        time: { instant: publishedAt.toISOString(), zone, show: 'time' },
        zone,
      })
    : fact('planning.errors.wentOut', { account });
  return new AppError('conflict', reason, { details: { state: row.state, publicationId: row.id } });
}

function refused(state: PublicationState, account: string, row: Row): AppError {
  const reason =
    state === 'publishing'
      ? fact('planning.errors.goingOut', { account })
      : state === 'handed_over'
        ? fact('planning.errors.byHand', { account })
        : fact('planning.errors.mayBeOut', { account });
  return new AppError('conflict', reason, { details: { state, publicationId: row.id } });
}
