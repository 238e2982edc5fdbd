import { and, asc, eq, inArray } from 'drizzle-orm';
import { connections, publications } from '@/db/schema';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { requestSweep } from '../publications/request-sweep';
import { allowedFrom } from '../publications/transitions';
import { movePending } from './move-pending';
import { reorderInput, reorderOutput } from './schemas';

/**
 * Reassigns the times of posts in one account's queue to match the given order, all or none. The set of times stays the same, so the plan's
 * limit and the slots are unaffected. Publications that the plan does not count (reposts, follow-ups) keep their time, because exchanging
 * it could move a post to a full day. A row whose time changes gets a new version, which voids any claim for the old time. Pending
 * approvals are replaced, and a change by a member who cannot approve needs approval. Throws `conflict` if a post changed since the user
 * saw it or can no longer be moved.
 */
export const reorderQueue = defineVerb({
  verb: 'planning.reorder',
  access: 'posts.publish',
  effect: 'change',
  input: reorderInput,
  output: reorderOutput,
  run: async (ctx, input) => {
    const { connectionId, items } = input;
    const wanted = new Map(items.map((item, place) => [item.id, { ...item, place }]));
    if (wanted.size !== items.length) throw new AppError('invalid', fact('planning.errors.orderedTwice'));
    const now = ctx.clock.now();
    const result = await movePending({
      ctx,
      platform: ctx.platforms,
      async read(tx, { lock }) {
        const [connection] = await tx
          .select({ name: connections.remoteName })
          .from(connections)
          .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId)));
        if (!connection) throw notFound('account');
        const query = tx
          .select()
          .from(publications)
          .where(
            and(
              eq(publications.workspaceId, ctx.workspaceId),
              eq(publications.connectionId, connectionId),
              inArray(publications.id, [...wanted.keys()]),
            ),
          )
          .orderBy(asc(publications.id));
        const rows = await (lock ? query.for('update') : query);
        if (rows.length !== wanted.size) throw notFound('post');
        for (const row of rows) assertMovable(row, wanted.get(row.id)?.version, now);
        const posts = rows.filter((row) => row.kind === 'post');
        const times = [...posts].sort(
          (a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.id < b.id ? -1 : 1),
        );
        const order = [...posts].sort(
          (a, b) => (wanted.get(a.id)?.place ?? 0) - (wanted.get(b.id)?.place ?? 0),
        );
        const moves = order.flatMap((row, place) => {
          const { dueAt, localTime, timeZone } = times[place] ?? row;
          return dueAt.getTime() === row.dueAt.getTime()
            ? []
            : [{ row, due: { dueAt, localTime, timeZone } }];
        });
        return { name: connection.name, rows, moves, first: times[0]?.dueAt };
      },
      async write(tx, { name, rows, moves, first }, writer) {
        if (moves.length > 0) {
          await writer.apply();
          await recordActivity(tx, ctx, {
            verb: 'queue.reordered',
            subjectType: 'connection',
            subjectId: connectionId,
            summary: fact('planning.activity.reordered', {
              count: moves.length,
              account: name,
              asks: writer.asks ? 'yes' : 'no',
            }),
            before: { times: timesOf(moves.map(({ row }) => ({ id: row.id, dueAt: row.dueAt }))) },
            after: { times: timesOf(moves.map(({ row, due }) => ({ id: row.id, dueAt: due.dueAt }))) },
          });
        }
        const items = rows.map((row) => {
          const move = moves.find((one) => one.row.id === row.id);
          return move
            ? { id: row.id, version: row.version + 1, dueAt: move.due.dueAt }
            : { id: row.id, version: row.version, dueAt: row.dueAt };
        });
        items.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
        return { items, first, asked: writer.asks };
      },
    });
    if (result.first) await requestSweep(ctx, result.first);
    return { items: result.items, asked: result.asked };
  },
});

const timesOf = (rows: readonly { id: string; dueAt: Date }[]) =>
  Object.fromEntries(rows.map(({ id, dueAt }) => [id, dueAt.toISOString()]));

function assertMovable(row: typeof publications.$inferSelect, seen: number | undefined, now: Date): void {
  const movable = allowedFrom('reschedule', row.state) || allowedFrom('rescheduleWaiting', row.state);
  if (!movable || row.dueAt <= now)
    throw new AppError('conflict', fact('planning.errors.orderGone'), { details: { state: row.state } });
  if (row.version !== seen)
    throw new AppError('conflict', fact('planning.errors.queueChanged'), {
      details: { version: row.version },
    });
}
