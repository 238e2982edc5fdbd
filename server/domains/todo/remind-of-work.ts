import { and, asc, eq, gt, gte, lte, notExists, or, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { actions, alerts } from '@/db/schema';
import { eachPagedRow } from '@/server/foundation/each-row';
import { fact } from '@/server/foundation/facts';
import { asWorkspaceId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { raiseAlert } from '../alerts/raise-alert';
import { byHandKey } from '../publications/alert-keys';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';

const BATCH = 500;
/** Stands for the publication in the key of a reminder. */
const SUBJECT = '$';

/**
 * Reminds of each post that a person was asked to make and that is not made by its deadline, once, by an alert. The alert ends with the task
 * (db/parts.sql). A failure is logged and retried by the next call. `ctxOf` creates the ctx of a workspace. Returns the number of new
 * reminders.
 */
export async function remindOfWork({
  db,
  now,
  ctxOf,
}: {
  db: Db;
  now: Date;
  ctxOf: (workspaceId: string) => Promise<Ctx>;
}): Promise<{ reminded: number; failed: number }> {
  let reminded = 0;
  const { failed } = await eachPagedRow<typeof actions.$inferSelect>({
    what: 'Reminding of a post to be made by hand',
    of: ({ workspaceId, id }) => ({ workspaceId, actionId: id }),
    read: (after) =>
      db.asSystem((tx) =>
        tx
          .select()
          .from(actions)
          .where(
            and(
              eq(actions.kind, 'publication_by_hand'),
              eq(actions.state, 'open'),
              lte(actions.deadlineAt, now),
              // A reminder that was dismissed is not repeated.
              notExists(
                tx
                  .select({ id: alerts.id })
                  .from(alerts)
                  .where(
                    and(
                      eq(alerts.workspaceId, actions.workspaceId),
                      sql`${alerts.key} = replace(${byHandKey(SUBJECT)}, ${SUBJECT}, ${actions.subjectId})`,
                      gte(alerts.createdAt, actions.createdAt),
                    ),
                  ),
              ),
              after?.deadlineAt
                ? or(
                    gt(actions.deadlineAt, after.deadlineAt),
                    and(eq(actions.deadlineAt, after.deadlineAt), gt(actions.id, after.id)),
                  )
                : undefined,
            ),
          )
          .orderBy(asc(actions.deadlineAt), asc(actions.id))
          .limit(BATCH),
      ),
    async work(action) {
      const ctx = await ctxOf(action.workspaceId);
      const isNew = await ctx.db.asWorkspace(asWorkspaceId(action.workspaceId), async (tx) => {
        await lockWorkspaceShared(tx, ctx.workspaceId);
        const [open] = await tx
          .select({ id: actions.id })
          .from(actions)
          .where(and(eq(actions.id, action.id), eq(actions.state, 'open')))
          .for('share');
        if (!open) return false;
        return raiseAlert(tx, ctx, {
          key: byHandKey(action.subjectId),
          severity: 'warning',
          title: fact('todo.alerts.byHand', { task: action.title }),
          body: fact('todo.alerts.byHandBody'),
          href: `/todo#${action.id}`,
        });
      });
      if (isNew) reminded++;
    },
  });
  return { reminded, failed };
}
