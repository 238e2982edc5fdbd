import type { Tx } from '@/db/client';
import { emails } from '@/db/schema';
import type { Template, TemplateProps } from '@/emails';
import { newId } from '@/server/foundation/ids';

/**
 * Queues an e-mail in the transaction that causes it; it is rendered when it is sent. `key` identifies the subject (`verify:<token id>`); a
 * second e-mail with the same key is not queued. Publish `email/queued` after the commit; the sender also checks every minute.
 *
 * `locale` is the reader's language. With `to` null, writes a row that is never sent, for responses whose work must not reveal whether an
 * address is known. `toUnconfirmed` sends it even to an account that has not confirmed its address; only for e-mails without user input.
 */
export async function queueEmail<T extends Template>(
  tx: Tx,
  mail: {
    key: string;
    to: string | null;
    template: T;
    props: TemplateProps<T>;
    locale?: string | undefined;
    at?: Date | undefined;
    toUnconfirmed?: boolean;
  },
): Promise<void> {
  await tx
    .insert(emails)
    .values({
      id: newId('email'),
      key: mail.key,
      toAddress: mail.to ?? '',
      template: mail.template,
      props: mail.to === null ? {} : mail.props,
      locale: mail.locale,
      toUnconfirmed: mail.toUnconfirmed ?? false,
      ...(mail.to === null ? { status: 'void' as const } : {}),
      ...(mail.at ? { createdAt: mail.at } : {}),
    })
    // No conflict target, because naming one requires the right to read the table, which a workspace's queries do not have.
    .onConflictDoNothing();
}
