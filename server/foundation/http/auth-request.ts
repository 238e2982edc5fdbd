/**
 * What Auth.js reads of a request, and how it must look. It takes a callback address that is none for a mistake in its settings and
 * answers 500, for anybody who sends one and for every page of a browser that holds such a cookie.
 */

const PREFIX = /^(?:__Host-|__Secure-)?authjs\./;
const CONTROL = /\p{Cc}/u;
const CSRF = /^[0-9a-f]{64}\|[0-9a-f]{64}$/;

/** Whether a callback address is a path or a full address over HTTP: those that Auth.js can take. */
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

/** The text of a cookie's value; null when it cannot be decoded or has control characters in it. */
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
 * A `Cookie` header without the cookies of Auth.js that it could not have made. They are then missing, as for a browser that never
 * had any, and Auth.js makes new ones. Null when nothing is left.
 */
export function withoutBrokenAuthCookies(header: string | null): string | null {
  if (header === null) return null;
  const pairs = header.split(';');
  const kept = pairs.filter(isWellFormed);
  if (kept.length === pairs.length) return header;
  return kept.length > 0 ? kept.join(';').trim() : null;
}

/** Puts that header in the place of the one that came. */
export function dropBrokenAuthCookies(headers: Headers): void {
  const cookie = withoutBrokenAuthCookies(headers.get('cookie'));
  if (cookie === null) headers.delete('cookie');
  else headers.set('cookie', cookie);
}
