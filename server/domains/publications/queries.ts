import { and, asc, eq, gt, gte, inArray, lt, notInArray, notLike, or } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  connections,
  PUBLICATION_LISTS,
  posts,
  publicationAttempts,
  publicationResults,
  publications,
} from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Fact } from '@/server/foundation/facts';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import { timeNote } from '@/server/foundation/local-time';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { optionsShown } from '@/server/verbs/platforms';
import { noResultsReason } from '../results/schedule';
import {
  listPublicationsInput,
  type Publication,
  publicationDetailOutput,
  publicationIdInput,
  publicationListOutput,
} from './schemas';
import { mediaShown, type Upload, uploadsOf } from './uploads-shown';
import { laneHead, waitsOf } from './waits';

/** Prefix of the request keys of parts, which `db/parts.sql` generates. */
const PART_KEY = 'after:';

const columns = {
  publication: publications,
  postTitle: posts.title,
  platform: connections.platform,
  connectionName: connections.remoteName,
  environment: connections.environment,
  status: connections.status,
  head: laneHead,
  uploads: uploadsOf,
  results: publicationResults,
};
type Row = {
  publication: typeof publications.$inferSelect;
  postTitle: string;
  platform: string;
  connectionName: string;
  environment: 'live' | 'sandbox';
  status: (typeof connections.$inferSelect)['status'];
  head: { until: number | null; why: Fact | null } | null;
  uploads: Upload[] | null;
  results: typeof publicationResults.$inferSelect | null;
};

function select(tx: Tx) {
  return tx
    .select(columns)
    .from(publications)
    .innerJoin(posts, eq(posts.id, publications.postId))
    .innerJoin(connections, eq(connections.id, publications.connectionId))
    .leftJoin(publicationResults, eq(publicationResults.publicationId, publications.id));
}

function toPublication(
  { publication: p, status, head, uploads, results: r, ...rest }: Row,
  { platforms }: Pick<Ctx, 'platforms'>,
  now: Date,
): Publication {
  return {
    ...rest,
    id: p.id,
    postId: p.postId,
    variantId: p.variantId,
    connectionId: p.connectionId,
    connected: status === 'active',
    text: p.text,
    link: p.link,
    kind: p.kind,
    followsId: p.followsId,
    parts: p.parts,
    media: mediaShown(p, uploads, { now, connected: status === 'active' }),
    options: p.options,
    shownOptions: optionsShown(platforms, rest.platform, p.options),
    dueAt: p.dueAt,
    localTime: p.localTime,
    timeZone: p.timeZone,
    note: timeNote(p.localTime, p.timeZone),
    state: p.state,
    version: p.version,
    attempts: p.attempts,
    retryAt: p.retryAt,
    waits: waitsOf(p, head),
    permalink: p.permalink,
    known: p.remoteId !== null,
    publishedAt: p.publishedAt,
    // A part goes out after the one before it and has no time of its own.
    lateByMs:
      p.publishedAt && p.kind === 'post' ? Math.max(0, p.publishedAt.getTime() - p.dueAt.getTime()) : null,
    problem: p.problem,
    approvalId: p.approvalId,
    followUpRule: p.followUpRule,
    results: r && {
      likes: r.likes,
      replies: r.replies,
      reposts: r.reposts,
      views: r.views,
      readAt: r.readAt,
      gone: r.gone,
      over: r.nextReadAt === null,
      problem: r.problem,
      followUpState: r.followUpState,
      followUpNote: r.followUpNote,
    },
    unseen: noResultsReason(
      {
        state: p.state,
        publishedAt: p.publishedAt,
        known: p.remoteId !== null,
        results: r && { gone: r.gone, over: r.nextReadAt === null },
      },
      now,
    ),
    createdAt: p.createdAt,
  };
}

/** The workspace whose publications are read, the clock that determines which uploads the platform still has, and the names of options. */
type Reader = Pick<Ctx, 'workspaceId' | 'clock' | 'platforms'>;

/** Reads publications by id, ordered by time, in the caller's transaction. */
export async function readPublications(
  tx: Tx,
  reader: Reader,
  ids: readonly string[],
): Promise<Publication[]> {
  if (ids.length === 0) return [];
  const rows = await select(tx)
    .where(and(eq(publications.workspaceId, reader.workspaceId), inArray(publications.id, [...ids])))
    .orderBy(asc(publications.dueAt), asc(publications.id));
  const now = reader.clock.now();
  return rows.map((row) => toPublication(row, reader, now));
}

/** Reads one publication in the caller's transaction. Throws `not_found`. */
export async function readPublication(tx: Tx, reader: Reader, id: string): Promise<Publication> {
  const [row] = await readPublications(tx, reader, [id]);
  if (!row) throw notFound('publication');
  return row;
}

/** One publication with all its attempts. */
export const getPublication = defineVerb({
  verb: 'publications.get',
  access: 'workspace.read',
  effect: 'read',
  input: publicationIdInput,
  output: publicationDetailOutput,
  run: async (ctx, input) => {
    const { id } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const publication = await readPublication(tx, ctx, id);
      const attempts = await tx
        .select()
        .from(publicationAttempts)
        .where(
          and(
            eq(publicationAttempts.workspaceId, ctx.workspaceId),
            eq(publicationAttempts.publicationId, id),
          ),
        )
        .orderBy(publicationAttempts.number);
      return {
        ...publication,
        attemptRows: attempts.map(({ workspaceId: _, publicationId: __, ...a }) => a),
      };
    });
  },
});

/** Lists publications by time for the calendar and the queue, from `from` (inclusive) to `to` (exclusive). */
export const listPublications = defineVerb({
  verb: 'publications.list',
  access: 'workspace.read',
  effect: 'read',
  input: listPublicationsInput,
  output: publicationListOutput,
  run: async (ctx, input) => {
    const { from, to, state, connectionId, postId, limit, cursor } = input;
    const after = readTimeCursor(cursor);
    const states = state === undefined ? undefined : Array.isArray(state) ? state : [state];
    const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      select(tx)
        .where(
          and(
            eq(publications.workspaceId, ctx.workspaceId),
            from && gte(publications.dueAt, from),
            to && lt(publications.dueAt, to),
            states && states.length > 0 ? inArray(publications.state, states) : undefined,
            connectionId ? eq(publications.connectionId, connectionId) : undefined,
            postId ? eq(publications.postId, postId) : undefined,
            // A part that was published or cancelled is shown only with its post; one that waits or failed is shown everywhere.
            postId
              ? undefined
              : or(
                  notLike(publications.requestKey, `${PART_KEY}%`),
                  notInArray(publications.state, [...PUBLICATION_LISTS.over]),
                ),
            after
              ? or(
                  gt(publications.dueAt, after.at),
                  and(eq(publications.dueAt, after.at), gt(publications.id, after.id)),
                )
              : undefined,
          ),
        )
        .orderBy(asc(publications.dueAt), asc(publications.id))
        .limit(limit + 1),
    );
    const now = ctx.clock.now();
    const page = rows.slice(0, limit);
    const last = page.at(-1)?.publication;
    return {
      items: page.map((row) => toPublication(row, ctx, now)),
      nextCursor: rows.length > limit && last ? writeTimeCursor(last.dueAt, last.id) : null,
    };
  },
});
