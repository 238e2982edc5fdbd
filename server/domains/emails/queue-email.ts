import type { Tx } from '@/db/client';
import { emails } from '@/db/schema';
import type { Template, TemplateProps } from '@/emails';
import { newId } from '@/server/foundation/ids';

/**
 * Writes an e-mail into the queue in the transaction that causes it; it is rendered when it is sent. `key` says what it is about
 * (`verify:<token id>`): a second one with the same key is not queued. After the commit publish `email/queued`; the sender also looks
 * every minute by itself.
 *
 * `locale` is the reader's language. `to` null writes a row that is never sent: for answers that may not tell by their work whether an
 * address is known. `toUnconfirmed` sends it also to an account that has not confirmed its address; only for e-mails that hold nothing
 * that a person wrote.
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
    // No target: naming one would need the right to read the table, which a workspace's requests do not have.
    .onConflictDoNothing();
}
