import { and, asc, desc, eq, inArray, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Tx } from '@/db/client';
import { APPROVAL_LISTS, approvals, connections, posts, publications } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { optionsShown } from '@/server/verbs/platforms';
import { fingerprintOf } from '../approval-requests/fingerprint';
import { repostDescription } from '../follow-up-rules/repost-description';
import { readRepeats } from '../planning/series-texts';
import { hasOwnSlot } from '../publications/publication-kind';
import { type Approval, approvalListOutput, listApprovalsInput } from './schemas';

const reposted = alias(publications, 'reposted');

/** The workspace whose approvals are read, and the names of options. */
type Reader = Pick<Ctx, 'workspaceId' | 'platforms'>;

async function withPublications(
  tx: Tx,
  { workspaceId, platforms }: Reader,
  rows: (typeof approvals.$inferSelect)[],
): Promise<Approval[]> {
  const ids = rows.map((r) => r.id);
  const waiting = ids.length
    ? await tx
        .select({
          publication: publications,
          title: posts.title,
          original: reposted.media,
          platform: connections.platform,
          name: connections.remoteName,
        })
        .from(publications)
        .innerJoin(connections, eq(connections.id, publications.connectionId))
        .innerJoin(posts, eq(posts.id, publications.postId))
        .leftJoin(
          reposted,
          and(eq(reposted.workspaceId, publications.workspaceId), eq(reposted.id, publications.followsId)),
        )
        .where(
          and(
            eq(publications.workspaceId, workspaceId),
            inArray(publications.approvalId, ids),
            // An edited part of a thread is approved separately, because the posts before it are published.
            or(
              hasOwnSlot(),
              eq(publications.state, 'awaiting_approval'),
              and(eq(publications.state, 'cancelled'), eq(publications.setAsideFrom, 'awaiting_approval')),
            ),
          ),
        )
        .orderBy(asc(publications.dueAt), asc(publications.id))
    : [];
  const shown = waiting.map(({ publication: p, title, original, platform, name }) => ({
    approvalId: p.approvalId,
    connectionId: p.connectionId,
    id: p.id,
    platform,
    connectionName: name,
    text: p.kind === 'repost' ? repostDescription({ text: p.text, title }) : p.text,
    link: p.link,
    parts: p.parts,
    // A repost shows the media of its post.
    media: p.kind === 'repost' ? (original ?? []) : p.media,
    options: p.options,
    dueAt: p.dueAt,
    localTime: p.localTime,
    timeZone: p.timeZone,
    state: p.state,
    setAsideFrom: p.setAsideFrom,
  }));
  const repeats = await readRepeats(tx, workspaceId, ids);
  return rows.map(({ workspaceId: _, ...row }) => ({
    ...row,
    fingerprint: fingerprintOf(
      shown.filter((one) => one.approvalId === row.id),
      repeats.filter(({ approvalId }) => approvalId === row.id),
    ),
    repeats: repeats.flatMap(({ approvalId, texts, ...repeat }) =>
      approvalId === row.id
        ? [
            {
              ...repeat,
              texts: texts.map((text) => ({
                ...text,
                options: optionsShown(platforms, text.platform, text.options),
              })),
            },
          ]
        : [],
    ),
    publications: shown
      .filter((one) => one.approvalId === row.id)
      .map(({ approvalId: _a, connectionId: _c, setAsideFrom: _s, ...one }) => ({
        ...one,
        options: optionsShown(platforms, one.platform, one.options),
      })),
  }));
}

/** Reads an approval with its subject, in the caller's transaction. Throws `not_found`. */
export async function readApproval(tx: Tx, reader: Reader, id: string): Promise<Approval> {
  const rows = await tx
    .select()
    .from(approvals)
    .where(and(eq(approvals.workspaceId, reader.workspaceId), eq(approvals.id, id)));
  const [found] = await withPublications(tx, reader, rows);
  if (!found) throw notFound('approval');
  return found;
}

/**
 * Follows an approval to the one that replaced it after moves and edits, or returns it if none did. Runs in the caller's transaction.
 * Throws `not_found`.
 */
export async function readLatest(tx: Tx, reader: Reader, approval: Approval): Promise<Approval> {
  if (approval.replacedBy === null) return approval;
  const { workspaceId } = reader;
  const last = sql`(
    with recursive later (id, replaced_by) as (
      select a.id, a.replaced_by from ${approvals} a where a.workspace_id = ${workspaceId} and a.id = ${approval.replacedBy}
      union
      select a.id, a.replaced_by from ${approvals} a join later on a.id = later.replaced_by where a.workspace_id = ${workspaceId}
    )
    select id from later where replaced_by is null)`;
  const rows = await tx
    .select()
    .from(approvals)
    .where(and(eq(approvals.workspaceId, workspaceId), eq(approvals.id, last)));
  const [found] = await withPublications(tx, reader, rows);
  if (!found) throw notFound('approval');
  return found;
}

/** Lists the pending approvals, most urgent first, or those in a given state, newest first. */
export const listApprovals = defineVerb({
  verb: 'approvals.list',
  access: 'workspace.read',
  effect: 'read',
  input: listApprovalsInput.prefault({}),
  output: approvalListOutput,
  run: async (ctx, input) => {
    const { state, limit } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await tx
        .select()
        .from(approvals)
        .where(
          and(
            eq(approvals.workspaceId, ctx.workspaceId),
            state ? eq(approvals.state, state) : inArray(approvals.state, APPROVAL_LISTS.undecided),
          ),
        )
        .orderBy(state ? desc(approvals.createdAt) : asc(approvals.deadlineAt), asc(approvals.id))
        .limit(limit);
      return withPublications(tx, ctx, rows);
    });
  },
});
