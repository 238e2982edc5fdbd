import { env } from '@/server/foundation/env';
import { isFromThisMachine, isLoopbackHost } from '@/server/foundation/peer';

/**
 * Whether /outbox exists: only if this installation sends no e-mail at all, and it is a trial installation (the sandbox is on or the
 * database is embedded) or TRIBUTARY_OUTBOX enables it.
 */
export function outboxExists(): boolean {
  const e = env();
  if (e.RESEND_API_KEY || e.SMTP_URL || e.TRIBUTARY_OUTBOX === 'off') return false;
  return e.sandbox || !e.DATABASE_URL || e.TRIBUTARY_OUTBOX !== undefined;
}

/** Which e-mails a client may read: all, those to one user, or none. */
export type OutboxReader = { kind: 'all' } | { kind: 'own'; userId: string } | { kind: 'nobody' };

/**
 * Determines what a client may read in the outbox. It contains links that set a password, so only clients on this machine (or everyone, if
 * TRIBUTARY_OUTBOX says so) may read all of it; a signed-in user may read e-mails to them. If APP_URL is not a loopback address, the
 * installation may be behind a proxy that does not identify itself, so no client counts as being on this machine.
 */
export function outboxReader(headers: Pick<Headers, 'get'>, userId: string | null): OutboxReader {
  if (!outboxExists()) return { kind: 'nobody' };
  const { TRIBUTARY_OUTBOX, appUrl } = env();
  if (TRIBUTARY_OUTBOX === 'everyone') return { kind: 'all' };
  if (isLoopbackHost(new URL(appUrl).host) && isFromThisMachine(headers)) return { kind: 'all' };
  return userId ? { kind: 'own', userId } : { kind: 'nobody' };
}
