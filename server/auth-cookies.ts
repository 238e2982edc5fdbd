import 'server-only';
import { cookies } from 'next/headers';
import { DEVICE_DAYS } from '@/server/domains/accounts/devices';
import { CODE_MINUTES } from '@/server/domains/accounts/sign-in-code';
import { env } from '@/server/foundation/env';
import { truncateText } from '@/server/foundation/storable';

/** Browsers are shared, so the cookie stores the tokens of this many users, the latest sign-in first. */
const PEOPLE = 5;
/** Format of the secret of a sign-in. */
const SECRET = /^[\w-]{1,200}$/;
/** The code of a sign-in can be sent again several times, and each one is valid for the full period. */
const CODE_COOKIE_MINUTES = 5 * CODE_MINUTES;

// The prefix keeps other hosts of the domain from setting the cookie (RFC 6265bis, 4.1.3.2); browsers accept it over https only.
const secure = () => env().appUrl.startsWith('https://');
const nameOf = (what: 'device' | 'code') => `${secure() ? '__Host-' : ''}tributary.${what}`;
const options = (maxAge: number) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: secure(),
  path: '/',
  maxAge,
});

/** Returns the tokens of the users who have signed in with this browser. */
export async function deviceTokens(): Promise<string[]> {
  const value = (await cookies()).get(nameOf('device'))?.value ?? '';
  return value
    .split('~')
    .filter((token) => token !== '' && token.length <= 500)
    .slice(0, PEOPLE);
}

/** Stores the token of the user who has just signed in. Call it in an action or a route. */
export async function rememberDevice(token: string): Promise<void> {
  // Tokens of the same row differ only in their date. The id in the payload tells which one the new token replaces.
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

/** Returns the sign-in of this browser that is waiting for a code (its secret and the e-mail address that was entered), or null. */
export async function pendingSignIn(): Promise<{ browser: string; email: string } | null> {
  const [browser, email] = ((await cookies()).get(nameOf('code'))?.value ?? '').split('.');
  return SECRET.test(browser ?? '') && browser
    ? { browser, email: Buffer.from(email ?? '', 'base64url').toString('utf8') }
    : null;
}

export async function keepPendingSignIn(pending: { browser: string; email: string }): Promise<void> {
  const email = Buffer.from(truncateText(pending.email, 254)).toString('base64url');
  (await cookies()).set(nameOf('code'), `${pending.browser}.${email}`, options(CODE_COOKIE_MINUTES * 60));
}

export async function forgetPendingSignIn(): Promise<void> {
  (await cookies()).set(nameOf('code'), '', options(0));
}
