import { asc, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { members, type users, workspaces } from '@/db/schema';
import type { TemplateProps } from '@/emails';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { env } from '@/server/foundation/env';
import { deviceName } from './device-name';

/** Account changes that a user is notified of by e-mail, because someone else might have made them. */
type SecurityChange = TemplateProps<'security-notice'>['change'];

/** Queues the e-mail about an account change, in the transaction that makes it, with the time in the zone of the user's workspace. */
export const notify = async (
  tx: Tx,
  change: SecurityChange,
  input: {
    key: string;
    to: Pick<typeof users.$inferSelect, 'id' | 'email' | 'locale'>;
    at: Date;
    userAgent: string | null;
  },
): Promise<void> =>
  queueEmail(tx, {
    key: input.key,
    to: input.to.email,
    template: 'security-notice',
    props: {
      change,
      device: deviceName(input.userAgent),
      at: { instant: input.at.toISOString(), zone: await zoneOf(tx, input.to.id) },
      url: `${env().appUrl}/forgot`,
    },
    locale: input.to.locale,
    at: input.at,
    toUnconfirmed: true,
  });

/** Returns the zone of the workspace that a user joined first, or undefined if they are in none. */
async function zoneOf(tx: Tx, userId: string): Promise<string | undefined> {
  const [workspace] = await tx
    .select({ zone: workspaces.timeZone })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .where(eq(members.userId, userId))
    .orderBy(asc(members.createdAt), asc(members.workspaceId))
    .limit(1);
  return workspace?.zone;
}
