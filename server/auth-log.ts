import { logBounded } from '@/server/foundation/bounded-log';
import { isDatabaseAway } from '@/server/foundation/database-away';
import { log } from '@/server/foundation/log';

/**
 * The kinds of Auth.js that tell of a fault of ours: settings, callbacks and events. Every other kind is about what a request brought: a
 * forged cookie, no CSRF token, an address that is none. By `type`, since a build shortens the names of classes.
 * https://authjs.dev/reference/core/errors
 */
const OURS = new Set([
  'AdapterError',
  'CallbackRouteError',
  'ErrorPageLoop',
  'EventError',
  'InvalidEndpoints',
  'MissingAdapter',
  'MissingAdapterMethods',
  'MissingAuthorize',
  'MissingSecret',
  'SignOutError',
  'UnsupportedStrategy',
]);
/** What reading a session's cookie says of one that we did not make. */
const FORGED = /no matching decryption secret|^Invalid (Compact )?JW[ETS]|decryption operation failed/;

/** Tells the log what Auth.js reports. A wrong password is not reported: it is counted where it is checked. */
export function logAuthError(error: Error): void {
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  if (type === 'CredentialsSignin') return;
  const inner = (cause as { err?: unknown } | undefined)?.err ?? cause;
  if (isDatabaseAway(error) || isDatabaseAway(inner)) return;
  if (typeof type === 'string' && OURS.has(type) && !isForged(inner)) {
    log().error({ err: error, cause: inner }, 'auth');
    return;
  }
  logBounded('info', {}, 'a sign-in request was refused for what it brought', {
    kind: typeof type === 'string' ? type : 'unreadable',
  });
}

function isForged(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && /^ERR_(JW|JOSE)/.test(code)) || FORGED.test(error.message);
}
