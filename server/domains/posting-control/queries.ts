import { and, count, countDistinct, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { PUBLICATION_LISTS, postingStops, publications, users } from '@/db/schema';
import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { can } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { STEPS } from '../publications/transitions';
import { readPostingSettings, readWorkspace } from '../workspaces/read-workspace';
import { countSending } from './hold';
import { MAY_HOLD, MAY_START, UNDO_STOP_MS } from './policy';
import { type Hold, type PostingState, postingStateOutput } from './schemas';

/** The posting state: whether posting is on hold, what is waiting, and what the user may do. */
export const getPosting = defineVerb({
  verb: 'autoPosting.get',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: postingStateOutput,
  run: async (ctx) => {
    const now = ctx.clock.now();
    const read = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const settings = await readPostingSettings(tx, ctx);
      const waiting = and(
        eq(publications.workspaceId, ctx.workspaceId),
        inArray(publications.state, [...STEPS.stop.from]),
      );
      const [all] = await tx
        .select({
          n: count(),
          posts: countDistinct(publications.postId),
          overdue: sql<number>`count(*) filter (where ${publications.state} = 'scheduled' and ${lt(publications.dueAt, now)})::int`,
        })
        .from(publications)
        .where(waiting);
      return { settings, all, stop: await latestStop(tx, ctx), hold: await readHold(tx, ctx) };
    });
    const names = await namesOf(ctx, [read.hold?.by, read.stop?.by]);
    return {
      hold: read.hold && { ...read.hold, by: names(read.hold.by) },
      waiting: read.all?.n ?? 0,
      waitingPosts: read.all?.posts ?? 0,
      overdue: read.all?.overdue ?? 0,
      missedPolicy: read.settings?.missedPolicy ?? 'post',
      missedMinutes: read.settings?.missedMinutes ?? 120,
      stop: read.stop && { ...read.stop, by: names(read.stop.by) },
      may: {
        pause: can(ctx, MAY_HOLD.pause),
        stop: can(ctx, MAY_HOLD.stop),
        emergency: can(ctx, MAY_HOLD.emergency),
      },
    };
  },
});

/** Returns the hold as every page shows it, or null while posting is running. */
export async function getHold({ ctx }: { ctx: Ctx }): Promise<Hold | null> {
  const hold = await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readHold(tx, ctx));
  if (!hold) return null;
  return { ...hold, by: (await namesOf(ctx, [hold.by]))(hold.by) };
}

async function readHold(tx: Tx, ctx: Ctx): Promise<(Omit<Hold, 'by'> & { by: string }) | null> {
  const row = await readWorkspace(tx, ctx);
  if (!row.heldAt || !row.heldFor) return null;
  return {
    kind: row.heldFor,
    since: row.heldAt,
    by: row.heldBy ?? '',
    sending: await countSending(tx, ctx),
    mayStart: can(ctx, MAY_START[row.heldFor]),
  };
}

async function latestStop(
  tx: Tx,
  ctx: Ctx,
): Promise<(Omit<NonNullable<PostingState['stop']>, 'by'> & { by: string }) | null> {
  const since = new Date(ctx.clock.now().getTime() - UNDO_STOP_MS);
  const [stop] = await tx
    .select()
    .from(postingStops)
    .where(
      and(
        eq(postingStops.workspaceId, ctx.workspaceId),
        gt(postingStops.stoppedAt, since),
        isNull(postingStops.undoneAt),
      ),
    )
    .orderBy(desc(postingStops.stoppedAt), desc(postingStops.id))
    .limit(1);
  if (!stop) return null;
  const [still] = await tx
    .select({ n: count() })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, ctx.workspaceId),
        or(
          and(eq(publications.setAsideBy, stop.id), inArray(publications.state, [...STEPS.undoStop.from])),
          // Posts that were being sent and have parts to follow count as well, because this stop cancels those parts.
          and(
            eq(publications.setAsideBy, stop.id),
            inArray(publications.state, PUBLICATION_LISTS.mayGoOut),
            sql`jsonb_array_length(${publications.parts}) > 0`,
          ),
        ),
      ),
    );
  if (!still?.n) return null;
  return {
    id: stop.id,
    at: stop.stoppedAt,
    by: stop.stoppedBy,
    count: still.n,
    undoUntil: new Date(stop.stoppedAt.getTime() + UNDO_STOP_MS),
    wasRunning: stop.wasRunning,
  };
}

/** Returns a function that resolves actor keys to names. User names are read outside the workspace's identity. */
async function namesOf(
  ctx: Ctx,
  keys: readonly (string | null | undefined)[],
): Promise<(key: string) => Fact> {
  const ids = keys.flatMap((key) => /^user:(.+)$/.exec(key ?? '')?.[1] ?? []);
  const rows =
    ids.length === 0
      ? []
      : await ctx.db.asSystem((tx) =>
          tx.select({ id: users.id, name: users.name }).from(users).where(inArray(users.id, ids)),
        );
  const known = new Map(rows.map((r) => [`user:${r.id}`, r.name]));
  return (key) => {
    const name = known.get(key);
    if (name !== undefined) return verbatim(name);
    return key.startsWith('user:')
      ? fact('postingControl.notes.formerMember')
      : fact('postingControl.notes.tributary');
  };
}
