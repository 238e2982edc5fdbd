import { createHash } from 'node:crypto';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, posts, series, seriesTargets, variants } from '@/db/schema';
import { type Fact, fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { asksFirst, asksFirstFor } from '../approval-requests/who-decides';
import { type Content, contentKey } from '../publications/content';
import { ruleFact } from '../scheduling/recurrence';
import { hhmm } from '../scheduling/slot-times';
import { readPostingSettings } from '../workspaces/read-workspace';
import { ruleOf, type SeriesRow } from './series-rule';

/** What a series sends to one account from the next occurrence on that is made: the post's newest text for its platform. */
export interface SeriesText {
  connectionId: string;
  connectionName: string;
  platform: string;
  /** Null where the post has no text for it, so that nothing is sent. */
  content: Content | null;
  /** An actor's key. */
  writer: string;
}

/** The texts of a series, in the order of its accounts. */
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
    })
    .from(seriesTargets)
    .innerJoin(connections, eq(connections.id, seriesTargets.connectionId))
    .innerJoin(posts, eq(posts.id, postId))
    .leftJoin(variants, and(eq(variants.postId, posts.id), eq(variants.platform, connections.platform)))
    .where(and(eq(seriesTargets.workspaceId, workspaceId), eq(seriesTargets.seriesId, id)))
    .orderBy(asc(connections.createdAt), asc(connections.id));
  return rows.map(({ variant, author, ...account }) => ({
    ...account,
    content: variant && {
      text: variant.text,
      link: variant.link,
      parts: variant.parts,
      media: variant.media,
    },
    writer: variant?.writtenBy ?? author,
  }));
}

/** What a change makes of a series' rule: its time, as a minute of the day, its first day, and how often it goes out. */
export type SeriesChange = Partial<Pick<SeriesRow, 'minute' | 'startDay' | 'count'>>;

/** When it goes out: "Every week on Monday at 12:00, from 9 Mar 2026 (Europe/Berlin)"; `change` is made to it first. */
export function seriesFact(row: SeriesRow, change: SeriesChange = {}): Fact {
  const changed = { ...row, ...change };
  return fact('scheduling.notes.from', {
    rule: ruleFact(ruleOf(changed), hhmm(changed.minute)),
    day: { local: changed.startDay },
    zone: row.timeZone,
  });
}

const hashOf = (content: Content): string =>
  createHash('sha256').update(contentKey(content)).digest('base64url').slice(0, 22);

const decidedOf = (row: Pick<SeriesRow, 'revision'>, texts: readonly SeriesText[]) => ({
  revision: row.revision,
  texts: Object.fromEntries(
    texts.flatMap(({ connectionId, content }) => (content ? [[connectionId, hashOf(content)]] : [])),
  ),
});

/** Takes what the running series that wait for a decision say now as decided, in the transaction that approves it. */
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
 * The texts of a series about which somebody has to decide before they go out: they are other than those that were decided about, whatever
 * changed them, and whoever wrote them may not decide. What is decided by being written or chosen by somebody who may is remembered.
 */
export async function undecidedTexts(
  tx: Tx,
  ctx: Ctx,
  row: SeriesRow,
  texts: readonly SeriesText[],
): Promise<SeriesText[]> {
  const settings = await readPostingSettings(tx, ctx);
  // Somebody begins the series, or takes the newest text, who may decide about it.
  const chosen =
    row.decided?.revision !== row.revision && row.approvalId === null && !asksFirst(ctx, settings);
  const undecided: SeriesText[] = [];
  for (const text of texts) {
    if (chosen || !text.content || row.decided?.texts[text.connectionId] === hashOf(text.content)) continue;
    if (await asksFirstFor(tx, ctx, settings, [text.writer])) undecided.push(text);
  }
  const now = decidedOf(
    row,
    texts.filter((text) => !undecided.includes(text)),
  );
  // What is undecided keeps what was decided before: it may be written back.
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

/** The running series that wait for these decisions, with what they send and when. */
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
