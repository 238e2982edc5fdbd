import 'server-only';
import NextAuth, { CredentialsSignin, type NextAuthConfig } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { getDb } from '@/db/client';
import { clientOf } from '@/server/domains/accounts/client-of';
import { SESSION_DAYS } from '@/server/domains/accounts/schemas';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { isAppError } from '@/server/foundation/errors';
import { log } from '@/server/foundation/log';
import { secrets } from '@/server/foundation/secrets';

declare module 'next-auth' {
  interface Session {
    /** Id of the row in `sessions`; whoever trusts the session reads that row. */
    sid?: string;
  }
  interface User {
    sid?: string;
  }
}

/** A sign-in that was refused; `code` says why, and the form has a sentence for each. */
class Refused extends CredentialsSignin {
  constructor(code: string) {
    super();
    this.code = code;
  }
}

/**
 * Made at the first request, not when this module loads: a build must not need settings or secrets.
 * Sign-in with a password means a signed cookie (JWT). It only carries the id of a row in `sessions`, which is
 * checked at every request (see `getViewer`), so that signing out elsewhere or a new password ends it at once.
 */
function config(): NextAuthConfig {
  return {
    secret: secrets().authSecret,
    trustHost: true,
    // Told by our own address, not by the request: behind a proxy the request looks like http.
    useSecureCookies: env().appUrl.startsWith('https://'),
    session: { strategy: 'jwt', maxAge: SESSION_DAYS * 86_400 },
    pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/' },
    logger: {
      error: (error) => {
        // A wrong password is no error of ours.
        if (!(error instanceof CredentialsSignin)) log().error({ err: error }, 'auth');
      },
      warn: () => {},
    },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        async authorize(credentials, request) {
          const { signIn: verb } = await import('@/server/domains/accounts/sign-in');
          try {
            const session = await verb({
              ctx: { db: await getDb(), clock: systemClock },
              input: {
                email: String(credentials.email ?? ''),
                password: String(credentials.password ?? ''),
                ...clientOf(request.headers),
              },
            });
            return { id: session.userId, sid: session.sessionId };
          } catch (error) {
            throw new Refused(isAppError(error) ? error.code : 'unavailable');
          }
        },
      }),
    ],
    callbacks: {
      jwt({ token, user }) {
        // Nothing about the person is kept in the cookie: it is read from the database with the session.
        return user?.sid ? { sub: user.id, sid: user.sid } : token;
      },
      session({ session, token }) {
        return { expires: session.expires, sid: typeof token.sid === 'string' ? token.sid : undefined };
      },
    },
    events: {
      async signOut(message) {
        const sid = 'token' in message ? message.token?.sid : undefined;
        if (typeof sid !== 'string') return;
        const { endSession } = await import('@/server/domains/accounts/revoke-session');
        await endSession({ ctx: { db: await getDb(), clock: systemClock }, input: { id: sid } });
      },
    },
  };
}

export const { handlers, auth, signIn, signOut } = NextAuth(() => config());
