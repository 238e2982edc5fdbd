import { env } from '@/server/foundation/env';
import { isFromThisMachine, isLoopbackHost } from '@/server/foundation/peer';

/**
 * Whether there is an outbox at /outbox: only where no e-mail leaves this installation at all, and it is one for trying (the
 * sandbox is on, or the database is the embedded one) or TRIBUTARY_OUTBOX asks for it.
 */
export function outboxExists(): boolean {
  const e = env();
  if (e.RESEND_API_KEY || e.SMTP_URL || e.TRIBUTARY_OUTBOX === 'off') return false;
  return e.sandbox || !e.DATABASE_URL || e.TRIBUTARY_OUTBOX !== undefined;
}

/** Whose e-mails somebody may read: all, those to one person, or none. */
export type OutboxReader = { kind: 'all' } | { kind: 'own'; userId: string } | { kind: 'nobody' };

/**
 * Who may read what in the outbox. Links that set a password are in it, so all of it is only for people at this machine
 * (or for everybody, where TRIBUTARY_OUTBOX says so); a signed-in person reads what was written to them. An installation
 * whose APP_URL is not a loopback address stands behind something, perhaps a proxy that tells nothing of itself: there
 * nobody counts as being at the machine.
 */
export function outboxReader(headers: Pick<Headers, 'get'>, userId: string | null): OutboxReader {
  if (!outboxExists()) return { kind: 'nobody' };
  const { TRIBUTARY_OUTBOX, appUrl } = env();
  if (TRIBUTARY_OUTBOX === 'everyone') return { kind: 'all' };
  if (isLoopbackHost(new URL(appUrl).host) && isFromThisMachine(headers)) return { kind: 'all' };
  return userId ? { kind: 'own', userId } : { kind: 'nobody' };
}
