import { and, eq, ne } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { approvals, members, type postingSettings, users, type workspaces } from '@/db/schema';
import type { TemplateProps } from '@/emails';
import { HOUR_MS } from '@/server/foundation/durations';
import { env } from '@/server/foundation/env';
import type { Fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { OptionValues } from '@/server/foundation/option-values';
import type { Ctx } from '@/server/verbs/context';
import { optionsShown } from '@/server/verbs/platforms';
import { queueEmail } from '../emails/queue-email';
import type { Post } from '../posts/schemas';
import type { Target } from '../preflight/check-targets';
import type { Due } from '../scheduling/resolve-due';
import { isDecider } from './approval-policy';
import { approvalLink } from './link';
import { linesOf } from './texts';

/** What a post says, whose options are given separately. */
type Texts = Omit<Parameters<typeof linesOf>[0], 'options'>;
/** Template properties of an approval e-mail without the links, which differ by recipient. */
type ApprovalEmail = Omit<TemplateProps<'approval-requested'>, 'approveUrl' | 'rejectUrl'>;

export interface PreparedApproval {
  row: typeof approvals.$inferInsert & { id: string };
  question: ApprovalEmail;
}

/** A new approval of a post: its row and the contents of its e-mail. */
export function newApproval({
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
  targets: readonly (Pick<Target, 'connectionId' | 'platform' | 'platformName' | 'options'> & {
    variant: Texts;
  })[];
  /** Due time by connection id. */
  dues: ReadonlyMap<string, Due>;
  /** Series that the approval covers, each with its rule. */
  repeats?: readonly {
    platform: string;
    platformName: string;
    rule: Fact;
    variant: Texts;
    options: OptionValues;
  }[];
}): PreparedApproval {
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
  const linesFor = ({
    platform,
    variant,
    options,
  }: Pick<(typeof targets)[number], 'platform' | 'variant' | 'options'>) =>
    linesOf({ ...variant, options: optionsShown(ctx.platforms, platform, options) });
  const moment = (at: Date) => ({ instant: at.toISOString(), zone: workspace.timeZone });
  const once = targets.map((t) => {
    const at = dues.get(t.connectionId)?.dueAt ?? now;
    return { platform: t.platformName, lines: linesFor(t), when: at <= now ? null : moment(at) };
  });
  const question: ApprovalEmail = {
    workspaceName: workspace.name,
    title: post.title,
    items: [...once, ...repeats.map((r) => ({ platform: r.platformName, lines: linesFor(r), when: r.rule }))],
    openUrl: `${env().appUrl}/todo`,
    mediaUrl: [...targets, ...repeats].some((t) => t.variant.media.length > 0)
      ? `${env().appUrl}/todo#${row.id}`
      : null,
    deadline: moment(row.deadlineAt),
    policy,
  };
  return { row, question };
}

/**
 * Opens an approval in the transaction that creates its subject, and queues an e-mail with a personal link to every other owner and
 * manager. An approval that is withdrawn from the start is only stored.
 */
export async function openApproval(tx: Tx, ctx: Ctx, { row, question }: PreparedApproval): Promise<void> {
  await tx.insert(approvals).values(row);
  if (row.state === 'withdrawn') return;
  const people = await tx
    .select({ userId: users.id, email: users.email, locale: users.locale })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.workspaceId, ctx.workspaceId),
        isDecider(),
        // The member who requested the approval gets no e-mail about it.
        ctx.actor.kind === 'member' ? ne(members.userId, ctx.actor.userId) : undefined,
      ),
    );
  for (const { userId, email, locale } of people) {
    const url = approvalLink({ ...row, policy: question.policy }, userId);
    await queueEmail(tx, {
      key: `approval-requested:${row.id}:${userId}`,
      to: email,
      template: 'approval-requested',
      props: {
        ...question,
        approveUrl: `${url}?decision=approve`,
        rejectUrl: `${url}?decision=reject`,
      },
      locale,
      at: ctx.clock.now(),
    });
  }
}
