import { and, asc, eq, exists, inArray, isNotNull, isNull, lte, notExists, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import {
  APPROVAL_LISTS,
  actions,
  approvals,
  connectionChoices,
  devices,
  EMAIL_LISTS,
  emails,
  emailTokens,
  evergreenPosts,
  grants,
  heartbeats,
  jobRuns,
  LISTING_LISTS,
  listings,
  oauthStates,
  PRICE_CHANGE_LISTS,
  priceChanges,
  priceRules,
  publicationAttempts,
  publicationMedia,
  publicationResults,
  publications,
  series,
  sessions,
  signInCodes,
  syncCursors,
  systemRuns,
  workspaces,
} from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { asWorkspaceId } from '@/server/foundation/ids';
import { actorKey, type Ctx, type Services, systemActor } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { dropAllUnusedGrants } from '../connections/unused-grants';
import { AHEAD_MS } from '../planning/fill-evergreen';
import { EMERGENCY_ALERT } from '../posting-control/policy';
import { askUser } from '../publications/ask-uncertain-outcome';
import { MISSED_ACTION } from '../publications/missed';
import { OUTCOME_UNKNOWN } from '../publications/policy';
import { STEPS } from '../publications/transitions';

/**
 * Prepares restored rows for the present. Between the backup and the restore the installation went on: it published what was due, sent
 * e-mails, and ended sessions, and none of that is in the rows. So nothing that may have happened is repeated by itself:
 *
 * - Every workspace is stopped as by the emergency stop, with an alert that says why, until a manager or an owner starts it again.
 * - A publication that was due by now may be published: a person is asked about it. One that was being sent at the time of the backup is
 *   looked up on its platform first.
 * - Follow-ups that were not created yet are not.
 * - Listings and price changes that were not finished have failed, and price rules are off: only somebody who looks at the shop knows what
 *   they would be based on.
 * - Evergreen posts are paused if slots have come since that were not filled yet at the time of the backup.
 * - Approvals no longer decide by themselves at their deadline: somebody may have decided otherwise since.
 * - E-mails that were waiting are not sent. Everybody signs in again; codes and links for passwords and addresses no longer work.
 * - Leases and runs of the ended processes are dropped.
 *
 * Called in the transaction of the restore, before anybody else can see the rows. `takenAt` is the time of the backup.
 */
export async function holdRestored(tx: Tx, services: Services, takenAt: Date): Promise<void> {
  await endSessions(tx, services);
  await endRuns(tx, services.clock.now());
  const all = await tx.select().from(workspaces).orderBy(asc(workspaces.id));
  for (const workspace of all)
    await holdWorkspace(
      tx,
      { ...services, workspaceId: asWorkspaceId(workspace.id), actor: systemActor('restore') },
      workspace,
      takenAt,
    );
}

/** The slots of this period after a backup were filled when it was made: an hourly job fills those ahead. */
const FILLED_MS = AHEAD_MS - 3_600_000;
/** Publications per statement. */
const BATCH = 500;

async function endSessions(tx: Tx, at: Pick<Ctx, 'clock'>): Promise<void> {
  await tx.delete(sessions);
  await tx.delete(devices);
  await tx.delete(signInCodes);
  await tx.delete(emailTokens);
  await tx.delete(oauthStates);
  await tx.delete(connectionChoices);
  // Their access is not ended at the platforms, because another installation may use it.
  await dropAllUnusedGrants(tx, at);
  await tx
    .update(emails)
    .set({ status: 'failed', error: 'restored', props: {}, nextAttemptAt: null })
    .where(inArray(emails.status, EMAIL_LISTS.outgoing));
}

/** Drops what belonged to processes. */
async function endRuns(tx: Tx, now: Date): Promise<void> {
  await tx.delete(heartbeats);
  for (const runs of [jobRuns, systemRuns])
    await tx.update(runs).set({ status: 'cancelled', endedAt: now }).where(eq(runs.status, 'running'));
  await tx.update(grants).set({ refreshLeaseToken: null, refreshLeaseUntil: null });
  await tx.update(publicationMedia).set({ leaseToken: null, leaseUntil: null });
  await tx.update(publicationResults).set({ leaseToken: null });
  await tx.update(listings).set({ leaseUntil: null });
  await tx.update(syncCursors).set({ leaseToken: null, leaseUntil: null });
}

async function holdWorkspace(
  tx: Tx,
  ctx: Ctx,
  workspace: typeof workspaces.$inferSelect,
  takenAt: Date,
): Promise<void> {
  const now = ctx.clock.now();
  const { workspaceId } = ctx;
  const own = eq(publications.workspaceId, workspaceId);

  // A send without an outcome may have arrived. Its lease is over, so the next recovery looks it up.
  await tx
    .update(publicationAttempts)
    .set({ outcome: 'unknown_outcome', finishedAt: now, message: OUTCOME_UNKNOWN })
    .where(
      and(
        eq(publicationAttempts.workspaceId, workspaceId),
        eq(publicationAttempts.kind, 'publish'),
        isNull(publicationAttempts.outcome),
      ),
    );
  await tx
    .update(publications)
    .set({ claimedUntil: takenAt, updatedAt: now })
    .where(and(own, inArray(publications.state, [...STEPS.takeOver.from])));

  const uncertain = await tx
    .select({ id: publications.id, state: publications.state, approvalId: publications.approvalId })
    .from(publications)
    .where(
      and(
        own,
        or(
          // One that was awaiting approval may have been approved since, and one that was missed may have been sent late.
          and(
            inArray(publications.state, [...STEPS.doubtLate.from, ...STEPS.doubtRestored.from]),
            lte(publications.dueAt, now),
          ),
          // A look-up would find the first part and continue with the next, which may be published, too.
          and(
            inArray(publications.state, [...STEPS.askPerson.from]),
            sql`jsonb_array_length(${publications.parts}) > 0`,
          ),
        ),
      ),
    )
    .orderBy(asc(publications.dueAt), asc(publications.id));
  for (let i = 0; i < uncertain.length; i += BATCH)
    await askUser(
      tx,
      ctx,
      uncertain.slice(i, i + BATCH).map(({ id }) => id),
    );

  // Claimed for a time that has not come yet.
  await tx
    .update(publications)
    .set({ state: STEPS.release.to, claimToken: null, claimedUntil: null, updatedAt: now })
    .where(and(own, inArray(publications.state, [...STEPS.release.from])));

  await endMissed(tx, ctx);
  await withdrawEmpty(
    tx,
    ctx,
    uncertain.flatMap(({ state, approvalId }) =>
      state === STEPS.approve.from[0] && approvalId ? [approvalId] : [],
    ),
  );
  await tx
    .update(approvals)
    .set({ policy: 'keep' })
    .where(and(eq(approvals.workspaceId, workspaceId), inArray(approvals.state, APPROVAL_LISTS.undecided)));
  // May have been done since, and the opposite after it: only a user knows whether it is still wanted.
  await tx
    .update(priceChanges)
    .set({ state: 'failed', problem: fact('restoring.notes.priceChange') })
    .where(
      and(
        eq(priceChanges.workspaceId, workspaceId),
        inArray(priceChanges.state, PRICE_CHANGE_LISTS.unfinished),
      ),
    );
  await tx
    .update(listings)
    .set({ state: 'failed', problem: fact('restoring.notes.listing'), updatedAt: now })
    .where(and(eq(listings.workspaceId, workspaceId), inArray(listings.state, LISTING_LISTS.unfinished)));
  const rules = await tx
    .update(priceRules)
    .set({ active: false, lastCheckedAt: now, lastOutcome: fact('restoring.notes.priceRule') })
    .where(and(eq(priceRules.workspaceId, workspaceId), eq(priceRules.active, true)))
    .returning({ id: priceRules.id });
  const recycled =
    now.getTime() - takenAt.getTime() > FILLED_MS
      ? await tx
          .update(evergreenPosts)
          .set({ paused: true, version: sql`${evergreenPosts.version} + 1` })
          .where(and(eq(evergreenPosts.workspaceId, workspaceId), eq(evergreenPosts.paused, false)))
          .returning({ id: evergreenPosts.postId })
      : [];
  // The follow-up to a post may have been created since.
  await tx
    .update(publicationResults)
    .set({ followUpState: 'over', followUpNote: fact('restoring.notes.followUp') })
    .where(
      and(
        eq(publicationResults.workspaceId, workspaceId),
        or(isNull(publicationResults.followUpState), eq(publicationResults.followUpState, 'reached')),
        exists(
          tx
            .select({ one: sql`1` })
            .from(publications)
            .where(
              and(
                own,
                eq(publications.id, publicationResults.publicationId),
                isNotNull(publications.followUpRule),
              ),
            ),
        ),
      ),
    );

  await tx
    .update(workspaces)
    .set({ heldAt: now, heldBy: actorKey(ctx.actor), heldFor: 'emergency' })
    .where(eq(workspaces.id, workspaceId));
  const taken = { taken: { instant: takenAt.toISOString(), zone: workspace.timeZone } };
  // In place of the alert about an emergency stop; starting again ends it.
  await resolveAlert(tx, ctx, EMERGENCY_ALERT);
  await raiseAlert(tx, ctx, {
    key: EMERGENCY_ALERT,
    severity: 'serious',
    title: fact('restoring.alerts.restored'),
    body: fact('restoring.alerts.restoredBody', {
      ...taken,
      count: uncertain.length,
      rules: rules.length,
      recycled: recycled.length,
    }),
    href: '/todo',
  });
  await recordActivity(tx, ctx, {
    verb: 'posting.emergency',
    subjectType: 'workspace',
    subjectId: workspaceId,
    summary: fact('restoring.activity.restored', taken),
    before: { heldFor: workspace.heldFor },
    after: { heldFor: 'emergency' },
  });
}

/** Closes the questions about missed posts that are asked about in another way now. */
async function endMissed(tx: Tx, ctx: Ctx): Promise<void> {
  const { workspaceId } = ctx;
  await tx
    .update(publications)
    .set({ setAsideBy: null, setAsideFrom: null })
    .where(
      and(
        eq(publications.workspaceId, workspaceId),
        eq(publications.state, STEPS.doubtRestored.to),
        exists(
          tx
            .select({ one: sql`1` })
            .from(actions)
            .where(and(eq(actions.id, publications.setAsideBy), eq(actions.kind, MISSED_ACTION))),
        ),
      ),
    );
  await tx
    .update(actions)
    .set({ state: 'dismissed', doneAt: ctx.clock.now() })
    .where(
      and(
        eq(actions.workspaceId, workspaceId),
        eq(actions.kind, MISSED_ACTION),
        eq(actions.state, 'open'),
        notExists(
          tx
            .select({ one: sql`1` })
            .from(publications)
            .where(and(eq(publications.workspaceId, workspaceId), eq(publications.setAsideBy, actions.id))),
        ),
      ),
    );
}

/** Withdraws those of the approvals that nothing waits for any longer, because a person is asked about their publications instead. */
async function withdrawEmpty(tx: Tx, ctx: Ctx, ids: readonly string[]): Promise<void> {
  const { workspaceId } = ctx;
  const covered = tx
    .select({ one: sql`1` })
    .from(publications)
    .where(
      and(
        eq(publications.workspaceId, workspaceId),
        eq(publications.approvalId, approvals.id),
        or(
          inArray(publications.state, [...STEPS.approve.from]),
          and(
            inArray(publications.state, [...STEPS.undoStopWaiting.from]),
            eq(publications.setAsideFrom, STEPS.undoStopWaiting.to),
          ),
        ),
      ),
    );
  const repeated = tx
    .select({ one: sql`1` })
    .from(series)
    .where(and(eq(series.workspaceId, workspaceId), eq(series.approvalId, approvals.id)));
  for (let i = 0; i < ids.length; i += BATCH)
    await tx
      .update(approvals)
      .set({ state: 'withdrawn', decidedAt: ctx.clock.now() })
      .where(
        and(
          eq(approvals.workspaceId, workspaceId),
          inArray(approvals.id, ids.slice(i, i + BATCH)),
          inArray(approvals.state, APPROVAL_LISTS.undecided),
          notExists(covered),
          notExists(repeated),
        ),
      );
}
