import type { Tx } from '@/db/client';
import type { users } from '@/db/schema';
import type { TemplateProps } from '@/emails';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { env } from '@/server/foundation/env';
import { deviceName } from './device-name';

/** Account changes that a user is notified of by e-mail, because someone else might have made them. */
type SecurityChange = TemplateProps<'security-notice'>['change'];

/** Queues the e-mail about an account change, in the transaction that makes it. */
export const notify = (
  tx: Tx,
  change: SecurityChange,
  input: {
    key: string;
    to: Pick<typeof users.$inferSelect, 'email' | 'locale'>;
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
      at: { instant: input.at.toISOString() },
      url: `${env().appUrl}/forgot`,
    },
    locale: input.to.locale,
    at: input.at,
    toUnconfirmed: true,
  });
