import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, posts, series, seriesTargets, variants } from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import type { OptionValues } from '@/server/foundation/option-values';
import { shortHash } from '@/server/foundation/short-hash';
import type { Ctx } from '@/server/verbs/context';
import { needsApproval, needsApprovalForWriters } from '../approval-requests/approval-policy';
import { type Content, contentKey } from '../publications/content';
import { ruleFact } from '../scheduling/recurrence';
import { hhmm } from '../scheduling/slot-times';
import { readPostingSettings } from '../workspaces/read-workspace';
import { ruleOf, type SeriesRow } from './series-rule';

/** What a series sends to one account from its next occurrence on: the post's newest text for the platform, with the account's options. */
export interface SeriesText {
  connectionId: string;
  connectionName: string;
  platform: string;
  /** Null if the post has no text for the platform, so that nothing is sent. */
  content: Content | null;
  options: OptionValues;
  /** Actor key of the writer. */
  writer: string;
}

/** Returns the texts of a series in the order of its accounts. */
export async function readSeriesTexts(
  tx: Tx,
  workspaceId: WorkspaceId,
  { id, postId }: Pick<SeriesRow, 'id' | 'postId'>,
): Promise<SeriesText[]> {
  const rows = await tx
    .select({
      connectionId: connections.id,
      connectionName: connections.remoteName,
      platform: connections.platform,
      variant: variants,
      author: posts.createdBy,
      options: seriesTargets.options,
    })
    .from(seriesTargets)
    .innerJoin(connections, eq(connections.id, seriesTargets.connectionId))
    .innerJoin(posts, eq(posts.id, postId))
    .leftJoin(variants, and(eq(variants.postId, posts.id), eq(variants.platform, connections.platform)))
    .where(and(eq(seriesTargets.workspaceId, workspaceId), eq(seriesTargets.seriesId, id)))
    .orderBy(asc(connections.createdAt), asc(connections.id));
  return rows.map(({ variant, author, options, ...account }) => ({
    ...account,
    options,
    content: variant && {
      text: variant.text,
      link: variant.link,
      parts: variant.parts,
      media: variant.media,
      options,
    },
    writer: variant?.writtenBy ?? author,
  }));
}

/** A change of a series' rule: its time as a minute of the day, its first day, and its number of occurrences. */
export type SeriesChange = Partial<Pick<SeriesRow, 'minute' | 'startDay' | 'count'>>;

/** Describes the schedule: "Every week on Monday at 12:00, from 9 Mar 2026 (Europe/Berlin)". `change` is applied first. */
export function seriesFact(row: SeriesRow, change: SeriesChange = {}): Fact {
  const changed = { ...row, ...change };
  return fact('scheduling.notes.from', {
    rule: ruleFact(ruleOf(changed), hhmm(changed.minute)),
    day: { local: changed.startDay },
    zone: row.timeZone,
  });
}

const hashOf = (content: Content): string => shortHash(contentKey(content));

const decidedOf = (row: Pick<SeriesRow, 'revision'>, texts: readonly SeriesText[]) => ({
  revision: row.revision,
  texts: Object.fromEntries(
    texts.flatMap(({ connectionId, content }) => (content ? [[connectionId, hashOf(content)]] : [])),
  ),
});

/** Records the current texts of the active series pending on an approval as approved, in the approving transaction. */
export async function approveSeriesTexts(tx: Tx, ctx: Ctx, approvalId: string): Promise<void> {
  const waiting = and(
    eq(series.workspaceId, ctx.workspaceId),
    eq(series.approvalId, approvalId),
    eq(series.state, 'active'),
  );
  for (const row of await tx.select().from(series).where(waiting))
    await tx
      .update(series)
      .set({ decided: decidedOf(row, await readSeriesTexts(tx, ctx.workspaceId, row)) })
      .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, row.id)));
}

/**
 * Returns the texts of a series that need approval: they differ from those approved before, whatever changed them, and their writers cannot
 * approve. Texts that a member who can approve wrote or chose are recorded as approved.
 */
export async function undecidedTexts(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  texts: readonly SeriesText[],
): Promise<SeriesText[]> {
  const settings = await readPostingSettings(tx, ctx);
  // A member who can approve starts the series or applies the newest text.
  const chosen =
    row.decided?.revision !== row.revision && row.approvalId === null && !needsApproval(ctx, settings);
  const undecided: SeriesText[] = [];
  for (const text of texts) {
    if (chosen || !text.content || row.decided?.texts[text.connectionId] === hashOf(text.content)) continue;
    if (await needsApprovalForWriters(tx, ctx, settings, [text.writer])) undecided.push(text);
  }
  const now = decidedOf(
    row,
    texts.filter((text) => !undecided.includes(text)),
  );
  // A text that needs approval keeps its last approved version on record, because it may be restored.
  for (const { connectionId } of undecided) {
    const before = row.decided?.texts[connectionId];
    if (before) now.texts[connectionId] = before;
  }
  if (JSON.stringify(now) !== JSON.stringify(row.decided))
    await tx
      .update(series)
      .set({ decided: now })
      .where(and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, row.id)));
  return undecided;
}

/** Returns the active series pending on these approvals, with their texts and schedules. */
export async function readRepeats(tx: Tx, workspaceId: WorkspaceId, approvalIds: readonly string[]) {
  if (approvalIds.length === 0) return [];
  const rows = await tx
    .select()
    .from(series)
    .where(
      and(
        eq(series.workspaceId, workspaceId),
        inArray(series.approvalId, [...approvalIds]),
        eq(series.state, 'active'),
      ),
    )
    .orderBy(asc(series.id));
  const repeats = [];
  for (const row of rows)
    repeats.push({
      id: row.id,
      approvalId: row.approvalId,
      rule: seriesFact(row),
      texts: (await readSeriesTexts(tx, workspaceId, row)).flatMap(({ content, writer: _, ...account }) =>
        content ? [{ ...account, ...content }] : [],
      ),
    });
  return repeats;
}
