import { and, eq, inArray, ne } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { approvals, members, type postingSettings, users, type workspaces } from '@/db/schema';
import { env } from '@/server/foundation/env';
import { described, type Fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { localTimeOf } from '@/server/foundation/local-time';
import { HOUR_MS } from '@/server/foundation/spans';
import type { Ctx } from '@/server/verbs/context';
import { type QueuedEmail, queueEmail } from '../emails/queue-email';
import { renderEmail } from '../emails/render-email';
import type { Post } from '../posts/schemas';
import type { Target } from '../preflight/check-targets';
import type { Due } from '../scheduling/resolve-due';
import { approvalLink } from './link';
import { textsOf } from './texts';
import { DECIDERS } from './who-decides';

export interface PreparedApproval {
  row: typeof approvals.$inferInsert & { id: string };
  mails: QueuedEmail[];
}

/** Prepares a decision about a post: the row, and for each other owner and manager an e-mail with a link that only
 * they have. */
export async function newApproval({
  ctx,
  workspace,
  settings,
  post,
  targets,
  dues,
  repeats = [],
}: {
  ctx: Ctx;
  workspace: typeof workspaces.$inferSelect;
  settings: typeof postingSettings.$inferSelect | null;
  post: Pick<Post, 'id' | 'title'>;
  targets: readonly (Pick<Target, 'connectionId' | 'platformName'> & {
    variant: Parameters<typeof textsOf>[0];
  })[];
  /** By account. */
  dues: ReadonlyMap<string, Due>;
  /** What goes out again and again, and when. */
  repeats?: readonly { platformName: string; rule: Fact; variant: Parameters<typeof textsOf>[0] }[];
}): Promise<PreparedApproval> {
  const now = ctx.clock.now();
  const policy = settings?.approvalPolicy ?? 'keep';
  const row = {
    id: newId('approval', now.getTime()),
    workspaceId: ctx.workspaceId,
    subjectType: 'post' as const,
    subjectId: post.id,
    title: post.title,
    state: 'open' as const,
    policy,
    deadlineAt: new Date(now.getTime() + (settings?.approvalHours ?? 24) * HOUR_MS),
    createdAt: now,
  };
  const people = await ctx.db.asSystem((tx) =>
    tx
      .select({ userId: users.id, email: users.email })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(
        and(
          eq(members.workspaceId, ctx.workspaceId),
          inArray(members.role, [...DECIDERS]),
          // Nobody is asked about what they did themselves.
          ctx.actor.kind === 'member' ? ne(members.userId, ctx.actor.userId) : undefined,
        ),
      ),
  );
  const spoken = (at: Date) =>
    `${localTimeOf(at, workspace.timeZone).replace('T', ' ')} (${workspace.timeZone})`;
  const once = targets.map((t) => {
    const at = dues.get(t.connectionId)?.dueAt ?? now;
    return {
      platform: t.platformName,
      text: textsOf(t.variant),
      when: at <= now ? 'as soon as it is approved' : spoken(at),
    };
  });
  const items = [
    ...once,
    ...repeats.map((r) => ({ platform: r.platformName, text: textsOf(r.variant), when: described(r.rule) })),
  ];
  const mails = await Promise.all(
    people.map(async (person) => {
      const url = approvalLink(row, person.userId);
      const mail = await renderEmail('approval-requested', {
        workspaceName: workspace.name,
        title: post.title,
        items,
        approveUrl: `${url}?decision=approve`,
        rejectUrl: `${url}?decision=reject`,
        openUrl: `${env().appUrl}/todo`,
        mediaUrl: [...targets, ...repeats].some((t) => t.variant.media.length > 0)
          ? `${env().appUrl}/todo#${row.id}`
          : null,
        deadline: spoken(row.deadlineAt),
        policy,
      });
      return { ...mail, key: `approval-requested:${row.id}:${person.userId}`, to: person.email };
    }),
  );
  return { row, mails };
}

/** Opens a prepared decision and queues its e-mails, in the transaction that makes what it is about. */
export async function openApproval(tx: Tx, ctx: Ctx, prepared: PreparedApproval): Promise<void> {
  await tx.insert(approvals).values(prepared.row);
  for (const mail of prepared.mails) await queueEmail(tx, { ...mail, at: ctx.clock.now() });
}
