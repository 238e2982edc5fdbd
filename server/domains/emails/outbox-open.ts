import { env } from '@/server/foundation/env';

/**
 * Whether the outbox can be read at /outbox: only where no e-mail leaves this installation at all, and it is one for trying
 * (the sandbox is on, or the database is the embedded one). Everybody's links are in it.
 */
export function outboxIsOpen(): boolean {
  const e = env();
  return !e.RESEND_API_KEY && !e.SMTP_URL && (e.sandbox || !e.DATABASE_URL);
}
