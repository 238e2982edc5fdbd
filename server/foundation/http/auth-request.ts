/**
 * Checks what Auth.js reads from a request. Auth.js treats an invalid callback address as a configuration error and responds with 500, to
 * anyone who sends one and on every page of a browser with such a cookie.
 */

const PREFIX = /^(?:__Host-|__Secure-)?authjs\./;
const CONTROL = /\p{Cc}/u;
const CSRF = /^[0-9a-f]{64}\|[0-9a-f]{64}$/;

/** Whether a callback address is one that Auth.js accepts: a path or a full HTTP address. */
export function isCallbackAddress(value: string): boolean {
  if (CONTROL.test(value)) return false;
  try {
    return /^https?:$/.test(
      new URL(value, value.startsWith('/') ? 'http://local.invalid' : undefined).protocol,
    );
  } catch {
    return false;
  }
}

/** Decodes the value of a cookie. Returns null if it cannot be decoded or contains control characters. */
function decoded(value: string): string | null {
  try {
    const text = decodeURIComponent(value);
    return CONTROL.test(text) ? null : text;
  } catch {
    return null;
  }
}

function isWellFormed(pair: string): boolean {
  const [, name = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
  if (!PREFIX.test(name)) return true;
  const text = decoded(value);
  if (text === null) return false;
  if (name.endsWith('authjs.csrf-token')) return CSRF.test(text);
  if (name.endsWith('authjs.callback-url')) return isCallbackAddress(text);
  return true;
}

/**
 * Removes from a `Cookie` header all Auth.js cookies that Auth.js cannot have set. To Auth.js they are then missing, as in a new browser,
 * and it sets new ones. Returns null if nothing is left.
 */
export function withoutBrokenAuthCookies(header: string | null): string | null {
  if (header === null) return null;
  const pairs = header.split(';');
  const kept = pairs.filter(isWellFormed);
  if (kept.length === pairs.length) return header;
  return kept.length > 0 ? kept.join(';').trim() : null;
}

/** Applies `withoutBrokenAuthCookies` to the headers of a request, in place. */
export function dropBrokenAuthCookies(headers: Headers): void {
  const cookie = withoutBrokenAuthCookies(headers.get('cookie'));
  if (cookie === null) headers.delete('cookie');
  else headers.set('cookie', cookie);
}
