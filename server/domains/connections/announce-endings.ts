import { and, asc, eq, gt, inArray, isNotNull, isNull, lte, or } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { connections, grants, members, users } from '@/db/schema';
import { type Lifetimes, signInEnds } from '@/server/connectors/kit/manifest';
import { platformManifest } from '@/server/connectors/registry';
import type { Clock } from '@/server/foundation/clock';
import { assertNoneFailed, eachPagedRow } from '@/server/foundation/each-row';
import { env } from '@/server/foundation/env';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { rolesWith } from '@/server/verbs/permissions';
import { raiseAlert } from '../alerts/raise-alert';
import { queueEmail } from '../emails/queue-email';
import { lockWorkspaceShared } from '../workspaces/lock-workspace';
import { readWorkspace } from '../workspaces/read-workspace';
import { endingAlertKey, resolveEndingAlerts } from './alert-keys';
import { secretsOf } from './credentials';
import { EARLIEST_MS, noticeDue } from './ending-notice';
import { postsAfterGrant } from './posts-after-end';

const PAGE = 100;

/** Returns when users have to sign in again for a grant; null if that is never or not known. */
export function grantEnds(grant: Lifetimes & { platform: string }): Date | null {
  const manifest = platformManifest(grant.platform);
  return manifest.kind === 'api' ? signInEnds(manifest.auth, grant) : null;
}

/**
 * Tells members 14, 7, 3 and 1 day before a sign-in ends that cannot be renewed, by an alert and an e-mail, once each. Repeating it changes
 * nothing. Takes back the alert of a sign-in that turned out to live longer. `ctxOf` creates the context of a workspace. Throws if a grant
 * failed, after all others were processed. Returns the number of notices.
 */
export async function announceEndings({
  db,
  clock,
  ctxOf,
}: {
  db: Db;
  clock: Clock;
  ctxOf: (workspaceId: string) => Promise<Ctx>;
}): Promise<number> {
  await lookUpRenewable(db);
  const soon = new Date(clock.now().getTime() + EARLIEST_MS);
  let told = 0;
  const result = await eachPagedRow({
    what: 'telling members that a sign-in ends',
    of: ({ id, workspaceId }) => ({ grant: id, workspaceId }),
    read: (after: { id: string; workspaceId: string } | null) =>
      db.asSystem((tx) =>
        tx
          .select({ id: grants.id, workspaceId: grants.workspaceId })
          .from(grants)
          .where(
            and(
              gt(grants.id, after?.id ?? ''),
              isNull(grants.endedAt),
              isNotNull(grants.credentials),
              or(
                isNotNull(grants.endingNotice),
                lte(grants.accessExpiresAt, soon),
                lte(grants.refreshExpiresAt, soon),
              ),
            ),
          )
          .orderBy(asc(grants.id))
          .limit(PAGE),
      ),
    async work({ id, workspaceId }) {
      if (await announceEnding(await ctxOf(workspaceId), id)) told++;
    },
  });
  assertNoneFailed(result, 'Telling members that a sign-in ends');
  return told;
}

/** Gives the notice that is due for a grant. Returns whether there was one. */
async function announceEnding(ctx: Ctx, grantId: string): Promise<boolean> {
  const told = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await lockWorkspaceShared(tx, ctx.workspaceId);
    const [grant] = await tx
      .select()
      .from(grants)
      .where(and(eq(grants.id, grantId), isNull(grants.endedAt)))
      .for('no key update');
    if (!grant) return false;
    const now = ctx.clock.now();
    const ends = grantEnds(grant);
    if (ends === null || ends.getTime() - now.getTime() > EARLIEST_MS) {
      if (grant.endingNotice === null) return false;
      await tx.update(grants).set({ endingNotice: null }).where(eq(grants.id, grantId));
      await resolveEndingAlerts(tx, ctx, [grant]);
      return false;
    }
    const days = noticeDue(ends, now, grant.endingNotice);
    if (days === null) return false;
    const accounts = await tx
      .select({ name: connections.remoteName })
      .from(connections)
      .where(
        and(
          eq(connections.grantId, grantId),
          eq(connections.status, 'active'),
          isNull(connections.credentials),
        ),
      )
      .orderBy(asc(connections.createdAt), asc(connections.id));
    const [first] = accounts;
    if (!first) return false;
    await tx.update(grants).set({ endingNotice: days }).where(eq(grants.id, grantId));
    await tell(tx, ctx, grant, {
      days,
      ends,
      account: first.name,
      others: accounts.length - 1,
      posts: await postsAfterGrant(tx, grantId, ends),
    });
    return true;
  });
  if (told) await ctx.events.publish('email/queued', {});
  return told;
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  grant: Pick<typeof grants.$inferSelect, 'id' | 'workspaceId' | 'platform'>,
  about: { days: number; ends: Date; account: string; others: number; posts: number },
): Promise<void> {
  const { name, timeZone } = await readWorkspace(tx, ctx);
  const { days, ends, account, others, posts } = about;
  const end = { instant: ends.toISOString(), zone: timeZone };
  const said = { platform: platformManifest(grant.platform).name, account, others };
  // A later notice counts anew, and is shown although the earlier one was put away.
  await resolveEndingAlerts(tx, ctx, [grant]);
  await raiseAlert(tx, ctx, {
    key: endingAlertKey(grant.id),
    severity: days <= 3 ? 'serious' : 'warning',
    title: fact('connections.alerts.ending.title', { ...said, day: { ...end, show: 'day' } }),
    body: fact('connections.alerts.ending.body', { posts, platform: said.platform }),
    href: '/connections',
  });
  const people = await tx
    .select({ id: users.id, email: users.email, locale: users.locale })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(eq(members.workspaceId, ctx.workspaceId), inArray(members.role, rolesWith('connections.manage'))),
    );
  for (const { id, email, locale } of people)
    await queueEmail(tx, {
      key: `connection-ending:${grant.id}:${ends.getTime()}:${days}:${id}`,
      to: email,
      template: 'connection-ending',
      props: { ...said, workspaceName: name, ends: end, posts, url: `${env().appUrl}/connections` },
      locale,
      at: ctx.clock.now(),
    });
}

/** Finds out whether grants from before `renewable` was stored have a refresh token. Those that cannot be decrypted stay as they are. */
async function lookUpRenewable(db: Db): Promise<void> {
  for (let after = ''; ; ) {
    const rows = await db.asSystem((tx) =>
      tx
        .select()
        .from(grants)
        .where(and(isNull(grants.renewable), isNotNull(grants.credentials), gt(grants.id, after)))
        .orderBy(asc(grants.id))
        .limit(PAGE),
    );
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    for (const grant of rows) {
      const secrets = secretsOf(grant);
      if (secrets && grant.credentials !== null)
        await db.asSystem((tx) =>
          tx
            .update(grants)
            .set({ renewable: secrets.refreshToken !== null })
            .where(and(eq(grants.id, grant.id), eq(grants.credentials, grant.credentials ?? ''))),
        );
    }
  }
}
