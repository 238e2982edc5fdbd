import type { Tx } from '@/db/client';
import { emails } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { RenderedEmail } from './render-email';

/** An e-mail that is ready to be queued. `key` says what it is about and to whom. */
export type QueuedEmail = RenderedEmail & { key: string; to: string };

/**
 * Writes an e-mail into the queue in the transaction that causes it. `key` says what it is about (`verify:<token id>`): a
 * second one with the same key is not queued. After the commit publish `email/queued`; the sender also looks
 * every minute by itself.
 *
 * `to` null writes a row that is never sent: for answers that may not tell by their work whether an address is known. `toUnconfirmed`
 * sends it also to an account that has not confirmed its address; only for e-mails that hold nothing that a person wrote.
 */
export async function queueEmail(
  tx: Tx,
  mail: RenderedEmail & { key: string; to: string | null; at?: Date | undefined; toUnconfirmed?: boolean },
): Promise<void> {
  await tx
    .insert(emails)
    .values({
      id: newId('email'),
      key: mail.key,
      toAddress: mail.to ?? '',
      subject: mail.subject,
      html: mail.to === null ? '' : mail.html,
      body: mail.to === null ? '' : mail.body,
      toUnconfirmed: mail.toUnconfirmed ?? false,
      ...(mail.to === null ? { status: 'void' as const } : {}),
      ...(mail.at ? { createdAt: mail.at } : {}),
    })
    // No target: naming one would need the right to read the table, which a workspace's requests do not have.
    .onConflictDoNothing();
}
