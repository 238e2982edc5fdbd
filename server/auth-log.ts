import { logBounded } from '@/server/foundation/bounded-log';
import { isDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import { log } from '@/server/foundation/log';

/**
 * Types of Auth.js errors that indicate a fault of this app: settings, callbacks and events. All others concern the content of a request: a
 * forged cookie, a missing CSRF token, an invalid address. Compared by `type`, since the build shortens class names.
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
/** Messages about a session cookie that this app did not issue. */
const FORGED = /no matching decryption secret|^Invalid (Compact )?JW[ETS]|decryption operation failed/;

/** Logs an error that Auth.js reports. Wrong passwords are skipped, because they are counted where they are checked. */
export function logAuthError(error: Error): void {
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  if (type === 'CredentialsSignin') return;
  const inner = (cause as { err?: unknown } | undefined)?.err ?? cause;
  if (isDatabaseUnreachable(error) || isDatabaseUnreachable(inner)) return;
  if (typeof type === 'string' && OURS.has(type) && !isForged(inner)) {
    log().error({ err: error, cause: inner }, 'auth');
    return;
  }
  logBounded('info', {}, 'a malformed sign-in request was refused', {
    kind: typeof type === 'string' ? type : 'unreadable',
  });
}

function isForged(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && /^ERR_(JW|JOSE)/.test(code)) || FORGED.test(error.message);
}
