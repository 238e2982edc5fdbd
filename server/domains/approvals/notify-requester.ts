import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import type { approvals } from '@/db/schema';
import { members, publications, users, workspaces } from '@/db/schema';
import { env } from '@/server/foundation/env';
import type { Fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { queueEmail } from '../emails/queue-email';

/** A decision, or the reason why a deadline passed without one. */
type Outcome = { decision: 'approved' | 'rejected' } | { decision: 'kept'; why: Fact };

/**
 * Queues e-mails with the outcome of an approval to the member who requested it, unless they left the workspace or decided it themselves.
 * Runs in the transaction of the decision; returns whether any e-mail was queued, so that the caller publishes `email/queued` afterwards.
 */
export async function notifyRequester(
  tx: Tx,
  ctx: Ctx,
  approval: Pick<typeof approvals.$inferSelect, 'id' | 'subjectId' | 'title'>,
  outcome: Outcome,
): Promise<boolean> {
  const { actor } = ctx;
  const decider = actor.kind === 'member' || actor.kind === 'link' ? actor.userId : null;
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
  if (told.length === 0) return false;
  const by = people.find((person) => person.userId === decider)?.name ?? null;
  const props = {
    title: approval.title,
    url: `${env().appUrl}/posts/${approval.subjectId}`,
    ...(outcome.decision === 'kept' ? outcome : { ...outcome, by, held: await isHeld(tx, ctx) }),
  };
  for (const { userId, email, locale } of told)
    await queueEmail(tx, {
      key: `approval-${outcome.decision}:${approval.id}:${userId}`,
      to: email,
      template: 'approval-decided',
      props,
      locale,
      at: ctx.clock.now(),
    });
  return true;
}

/** Whether publishing is on hold in the workspace. */
async function isHeld(tx: Tx, ctx: Pick<Ctx, 'workspaceId'>): Promise<boolean> {
  const [workspace] = await tx
    .select({ heldAt: workspaces.heldAt })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.workspaceId));
  return (workspace?.heldAt ?? null) !== null;
}
