import 'server-only';
import { cookies } from 'next/headers';
import { DEVICE_DAYS } from '@/server/domains/accounts/devices';
import { CODE_MINUTES } from '@/server/domains/accounts/sign-in-code';
import { env } from '@/server/foundation/env';

/** Browsers are shared: so many people's tokens are kept, those of the last who signed in first. */
const PEOPLE = 5;
/** What the secret of a sign-in is made of. */
const SECRET = /^[\w-]{1,200}$/;
/** One sign-in may have its code sent again several times, each time for as long again. */
const CODE_COOKIE_MINUTES = 5 * CODE_MINUTES;

// With the prefix no other host of the domain can set it (RFC 6265bis, 4.1.3.2); browsers take it over https only.
const secure = () => env().appUrl.startsWith('https://');
const nameOf = (what: 'device' | 'code') => `${secure() ? '__Host-' : ''}tributary.${what}`;
const options = (maxAge: number) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: secure(),
  path: '/',
  maxAge,
});

/** The tokens of people who have signed in with this browser. */
export async function deviceTokens(): Promise<string[]> {
  const value = (await cookies()).get(nameOf('device'))?.value ?? '';
  return value
    .split('~')
    .filter((token) => token !== '' && token.length <= 500)
    .slice(0, PEOPLE);
}

/** Keeps the token of who has just signed in here, in an action or a route. */
export async function keepDevice(token: string): Promise<void> {
  // A token for the same row differs in its date only: the payload's id says which one it replaces.
  const idOf = (one: string) => {
    try {
      return JSON.parse(Buffer.from(one.split('.')[0] ?? '', 'base64url').toString('utf8')).id;
    } catch {
      return null;
    }
  };
  const others = (await deviceTokens()).filter((one) => idOf(one) !== null && idOf(one) !== idOf(token));
  const all = [token, ...others].slice(0, PEOPLE);
  (await cookies()).set(nameOf('device'), all.join('~'), options(DEVICE_DAYS * 86_400));
}

/** The sign-in that this browser began and that waits for a code: its secret, and the address that was typed. */
export async function pendingSignIn(): Promise<{ browser: string; email: string } | null> {
  const [browser, email] = ((await cookies()).get(nameOf('code'))?.value ?? '').split('.');
  return SECRET.test(browser ?? '') && browser
    ? { browser, email: Buffer.from(email ?? '', 'base64url').toString('utf8') }
    : null;
}

export async function keepPendingSignIn(pending: { browser: string; email: string }): Promise<void> {
  const email = Buffer.from(pending.email.slice(0, 254)).toString('base64url');
  (await cookies()).set(nameOf('code'), `${pending.browser}.${email}`, options(CODE_COOKIE_MINUTES * 60));
}

export async function forgetPendingSignIn(): Promise<void> {
  (await cookies()).set(nameOf('code'), '', options(0));
}
