import { and, eq, inArray } from 'drizzle-orm';
import type { approvals } from '@/db/schema';
import { members, publications, users, workspaces } from '@/db/schema';
import { env } from '@/server/foundation/env';
import type { Ctx } from '@/server/verbs/context';
import type { QueuedEmail } from '../emails/queue-email';
import { renderEmail } from '../emails/render-email';

/**
 * Prepares the e-mails that tell how a decision came out: to whoever sent the post on its way and is still a member, but
 * not to the one who decided. Reads and renders, so it comes before the transaction that decides.
 */
export async function tellAsker({
  ctx,
  approval,
  outcome,
}: {
  ctx: Ctx;
  approval: Pick<typeof approvals.$inferSelect, 'id' | 'subjectId' | 'title'>;
  outcome: 'approved' | 'rejected' | 'kept';
}): Promise<QueuedEmail[]> {
  const { actor } = ctx;
  const decider = actor.kind === 'member' || actor.kind === 'link' ? actor.userId : null;
  const { waiting, held } = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [workspace] = await tx
      .select({ heldAt: workspaces.heldAt })
      .from(workspaces)
      .where(eq(workspaces.id, ctx.workspaceId));
    const waiting = await tx
      .selectDistinct({ by: publications.createdBy })
      .from(publications)
      .where(and(eq(publications.workspaceId, ctx.workspaceId), eq(publications.approvalId, approval.id)));
    return { waiting, held: (workspace?.heldAt ?? null) !== null };
  });
  const askers = waiting
    .flatMap(({ by }) => /^user:(.+)$/.exec(by)?.[1] ?? [])
    .filter((userId) => userId !== decider);
  if (askers.length === 0) return [];
  const people = await ctx.db.asSystem((tx) =>
    tx
      .select({ userId: users.id, email: users.email, name: users.name })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(
        and(
          eq(members.workspaceId, ctx.workspaceId),
          inArray(members.userId, decider ? [...askers, decider] : askers),
        ),
      ),
  );
  const by = people.find((person) => person.userId === decider)?.name ?? 'the deadline';
  const mail = await renderEmail('approval-decided', {
    title: approval.title,
    decision: outcome,
    by,
    held,
    url: `${env().appUrl}/posts/${approval.subjectId}`,
  });
  return people
    .filter((person) => person.userId !== decider)
    .map((person) => ({
      ...mail,
      key: `approval-${outcome}:${approval.id}:${person.userId}`,
      to: person.email,
    }));
}
