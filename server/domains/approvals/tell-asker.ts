import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { approvals } from '@/db/schema';
import { members, publications, users, workspaces } from '@/db/schema';
import { env } from '@/server/foundation/env';
import type { Ctx } from '@/server/verbs/context';
import { queueEmail } from '../emails/queue-email';

/**
 * Queues the e-mails that tell how a decision came out: to whoever sent the post on its way and is still a member, but not to the one
 * who decided. Part of the transaction that decides; answers whether there are any, so that `email/queued` is published after it.
 */
export async function tellAsker(
  tx: Tx,
  ctx: Ctx,
  approval: Pick<typeof approvals.$inferSelect, 'id' | 'subjectId' | 'title'>,
  outcome: 'approved' | 'rejected' | 'kept',
): Promise<boolean> {
  const { actor } = ctx;
  const decider = actor.kind === 'member' || actor.kind === 'link' ? actor.userId : null;
  const [workspace] = await tx
    .select({ heldAt: workspaces.heldAt })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.workspaceId));
  const waiting = await tx
    .selectDistinct({ by: publications.createdBy })
    .from(publications)
    .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.approvalId, approval.id)));
  const askers = waiting
    .flatMap(({ by }) => /^user:(.+)$/.exec(by)?.[1] ?? [])
    .filter((userId) => userId !== decider);
  if (askers.length === 0) return false;
  const people = await tx
    .select({ userId: users.id, email: users.email, name: users.name, locale: users.locale })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.workspaceId, ctx.workspaceId),
        inArray(members.userId, decider ? [...askers, decider] : askers),
      ),
    );
  const told = people.filter((person) => person.userId !== decider);
  for (const { userId, email, locale } of told)
    await queueEmail(tx, {
      key: `approval-${outcome}:${approval.id}:${userId}`,
      to: email,
      template: 'approval-decided',
      props: {
        title: approval.title,
        decision: outcome,
        by: people.find((person) => person.userId === decider)?.name ?? null,
        held: (workspace?.heldAt ?? null) !== null,
        url: `${env().appUrl}/posts/${approval.subjectId}`,
      },
      locale,
      at: ctx.clock.now(),
    });
  return told.length > 0;
}
