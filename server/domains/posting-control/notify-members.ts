import { and, asc, eq, gt, isNotNull, lt, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { emails, members, users, workspaces } from '@/db/schema';
import type { Clock } from '@/server/foundation/clock';
import { assertNoneFailed, eachPagedRow } from '@/server/foundation/each-row';
import { env } from '@/server/foundation/env';
import type { Ctx } from '@/server/verbs/context';
import { queueEmail } from '../emails/queue-email';
import { readWorkspace } from '../workspaces/read-workspace';

interface News {
  kind: 'stopped' | 'started';
  at: Date;
  /** Number of posts that were being sent when posting stopped. */
  sending: number;
  /** Name of the user who did it, or null if no longer known. Defaults to the actor of the context. */
  by?: string | null;
}

/** Queues an e-mail to each member, in the caller's transaction. The same news is queued once, however often this runs. */
export async function mailMembers(tx: Tx, ctx: Ctx, news: News): Promise<void> {
  const workspace = await readWorkspace(tx, ctx);
  const people = await tx
    .select({ id: users.id, email: users.email, locale: users.locale })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.workspaceId, ctx.workspaceId));
  const about = {
    workspaceName: workspace.name,
    at: { instant: news.at.toISOString(), zone: workspace.timeZone },
    url: `${env().appUrl}/home`,
  };
  const by = news.by === undefined ? ctx.actor.name : news.by;
  for (const person of people) {
    const mail = {
      key: `emergency-${news.kind}:${ctx.workspaceId}:${news.at.getTime()}:${person.id}`,
      to: person.email,
      locale: person.locale,
      at: ctx.clock.now(),
    };
    if (news.kind === 'stopped')
      await queueEmail(tx, {
        ...mail,
        template: 'emergency-stop',
        props: { ...about, by, sending: news.sending },
      });
    else
      await queueEmail(tx, {
        ...mail,
        template: 'emergency-over',
        props: { ...about, by: by ?? ctx.actor.name },
      });
  }
}

/** Queues the e-mails about a stop that is in force. */
export async function notifyOfStop(ctx: Ctx, news: Omit<News, 'kind'>): Promise<void> {
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) => mailMembers(tx, ctx, { ...news, kind: 'stopped' }));
  await ctx.events.publish('email/queued', {});
}

/** Time that the stopping process has to queue the e-mails itself, in milliseconds. */
const OWN_TIME_MS = 60_000;
/** Age after which a stop is no longer announced, in milliseconds. */
const NEWS_MS = 24 * 3_600_000;

/**
 * Queues the e-mails about stops whose process ended before it could, because a stop never waits for its e-mails. `ctxOf` creates the
 * context of a workspace. Returns the number of stops.
 */
export async function notifyOfPendingStops({
  db,
  clock,
  ctxOf,
}: {
  db: Db;
  clock: Clock;
  ctxOf: (workspaceId: string) => Promise<Ctx>;
}): Promise<number> {
  const before = new Date(clock.now().getTime() - OWN_TIME_MS);
  const { done, failed } = await eachPagedRow({
    what: 'Notifying members of an emergency stop',
    of: ({ id }) => ({ workspaceId: id }),
    read: (after: { id: string; at: Date | null; by: string | null } | null) =>
      db.asSystem((tx) =>
        tx
          .select({ id: workspaces.id, at: workspaces.heldAt, by: users.name })
          .from(workspaces)
          .leftJoin(users, sql`${workspaces.heldBy} = 'user:' || ${users.id}`)
          .where(
            and(
              gt(workspaces.id, after?.id ?? ''),
              isNotNull(workspaces.heldAt),
              lt(workspaces.heldAt, before),
              gt(workspaces.heldAt, new Date(before.getTime() - NEWS_MS)),
              eq(workspaces.heldFor, 'emergency'),
              sql`not exists (select from ${emails} e where e.key like 'emergency-stopped:' || ${workspaces.id} || ':' ||
                (extract(epoch from date_trunc('milliseconds', ${workspaces.heldAt})) * 1000)::bigint || ':%')`,
            ),
          )
          .orderBy(asc(workspaces.id))
          .limit(50),
      ),
    async work({ id, at, by }) {
      if (at) await notifyOfStop(await ctxOf(id), { at, sending: 0, by });
    },
  });
  assertNoneFailed({ done, failed }, 'Notifying members of emergency stops');
  return done;
}
