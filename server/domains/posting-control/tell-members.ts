import { and, asc, eq, gt, isNotNull, lt, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { emails, members, users, workspaces } from '@/db/schema';
import type { Clock } from '@/server/foundation/clock';
import { assertAllDone, eachPagedRow } from '@/server/foundation/each-row';
import { env } from '@/server/foundation/env';
import { notFound } from '@/server/foundation/errors';
import { localTimeOf } from '@/server/foundation/local-time';
import type { Ctx } from '@/server/verbs/context';
import { type QueuedEmail, queueEmail } from '../emails/queue-email';
import { renderEmail } from '../emails/render-email';

interface News {
  kind: 'stopped' | 'started';
  at: Date;
  sending: number;
  /** Who did it; the ctx's actor unless told. */
  by?: string;
}

/** One e-mail for each member, rendered. Reads and renders, so it comes before the transaction that queues them. */
export async function mailsToMembers(ctx: Ctx, news: News): Promise<QueuedEmail[]> {
  const { workspace, people } = await ctx.db.asSystem(async (tx) => ({
    workspace: (await tx.select().from(workspaces).where(eq(workspaces.id, ctx.workspaceId)))[0],
    people: await tx
      .select({ id: users.id, email: users.email })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(eq(members.workspaceId, ctx.workspaceId)),
  }));
  if (!workspace) throw notFound('workspace');
  const mail = await renderEmail(news.kind === 'stopped' ? 'emergency-stop' : 'emergency-over', {
    workspaceName: workspace.name,
    by: news.by ?? ctx.actor.name,
    when: `${localTimeOf(news.at, workspace.timeZone).replace('T', ' ')} (${workspace.timeZone})`,
    sending: news.sending,
    url: `${env().appUrl}/home`,
  });
  return people.map((person) => ({
    ...mail,
    key: `emergency-${news.kind}:${ctx.workspaceId}:${news.at.getTime()}:${person.id}`,
    to: person.email,
  }));
}

/** Queues the e-mails about a stop that is in force. The same stop's e-mails are queued once, however often this runs. */
export async function tellOfStop(ctx: Ctx, news: News): Promise<void> {
  const mails = await mailsToMembers(ctx, news);
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    for (const mail of mails) await queueEmail(tx, { ...mail, at: ctx.clock.now() });
  });
  await ctx.events.publish('email/queued', {});
}

/** How long the one who stopped has for telling by themselves. */
const OWN_TIME_MS = 60_000;
/** After this it is no news any more. */
const NEWS_MS = 24 * 3_600_000;

/**
 * Stops whose e-mails are not queued, because the process that stopped ended before: the stop itself waits for nothing.
 * `ctxOf` makes a ctx for a workspace. Answers how many stops it told of.
 */
export async function tellOfUntoldStops({
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
    what: 'Telling of an emergency stop',
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
      if (at) await tellOfStop(await ctxOf(id), { kind: 'stopped', at, sending: 0, by: by ?? 'Somebody' });
    },
  });
  assertAllDone({ done, failed }, 'Telling of emergency stops');
  return done;
}
