import 'server-only';
import { headers } from 'next/headers';
import NextAuth, { CredentialsSignin, type NextAuthConfig } from 'next-auth';
import { getToken } from 'next-auth/jwt';
import Credentials from 'next-auth/providers/credentials';
import { getDb } from '@/db/client';
import { events } from '@/inngest/event-publisher';
import { clientOf } from '@/server/domains/accounts/client-of';
import type { OpenedSession } from '@/server/domains/accounts/open-session';
import { SESSION_DAYS } from '@/server/domains/accounts/schemas';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { AppError, isAppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { log } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';
import { secrets } from '@/server/foundation/secrets';
import { truncateText } from '@/server/foundation/storable';
import type { VisitorCtx } from '@/server/verbs/context';
import {
  deviceTokens,
  forgetPendingSignIn,
  keepPendingSignIn,
  pendingSignIn,
  rememberDevice,
} from './auth-cookies';
import { logAuthError } from './auth-log';

declare module 'next-auth' {
  interface Session {
    /** Id of the row in `sessions`. Code that relies on the session must read that row. */
    sid?: string;
  }
  interface User {
    sid?: string;
  }
}

/**
 * A refused sign-in. `code` gives the reason, `reason` explains it. With `code_needed`, the next step is to enter the code from the e-mail.
 */
export class Refused extends CredentialsSignin {
  readonly reason: AppError | null;
  constructor(error: unknown) {
    super();
    this.reason = refusalOf(error);
    this.code = error === CODE_NEEDED ? CODE_NEEDED : (this.reason?.code ?? 'internal');
    // A fault of this app, not a refusal: the user sees a short message, the log has the details.
    if (error !== CODE_NEEDED && !this.reason) log().error({ err: error }, 'sign-in failed');
  }
}
export const CODE_NEEDED = 'code_needed';

const visitor = async ({ headers }: Request): Promise<VisitorCtx> => ({
  db: await getDb(),
  clock: systemClock,
  events,
  client: clientOf(headers),
});

/** Returns what Auth.js needs after a successful sign-in, and remembers the browser. */
async function admitted(session: OpenedSession) {
  await rememberDevice(session.device);
  return { id: session.userId, sid: session.sessionId };
}

/**
 * Created at the first request instead of at module load, because a build must not need settings or secrets. Sign-in with a password
 * requires a signed cookie (JWT). It contains only the id of a row in `sessions`, which is checked at every request (see `getViewer`), so
 * that signing out elsewhere or changing the password ends the session immediately.
 */
function config(): NextAuthConfig {
  return {
    secret: secrets().authSecret,
    trustHost: true,
    // Derived from the configured address, because requests behind a proxy look like http.
    useSecureCookies: env().appUrl.startsWith('https://'),
    session: { strategy: 'jwt', maxAge: SESSION_DAYS * 86_400 },
    pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/' },
    logger: {
      error: logAuthError,
      warn: () => {},
    },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        async authorize(credentials, request) {
          const { signIn: verb } = await import('@/server/domains/accounts/sign-in');
          const email = String(credentials.email ?? '');
          try {
            const outcome = await verb(await visitor(request), {
              email,
              password: String(credentials.password ?? ''),
              devices: await deviceTokens(),
            }).catch((error: unknown) => {
              // No account can have such an address or password.
              throw isAppError(error) && error.code === 'invalid'
                ? new AppError('unauthenticated', fact('accounts.errors.signInWrong'))
                : error;
            });
            if (outcome.kind === 'open') return await admitted(outcome);
            await keepPendingSignIn({ browser: outcome.browser, email });
          } catch (error) {
            throw new Refused(error);
          }
          throw new Refused(CODE_NEEDED);
        },
      }),
      Credentials({
        id: 'code',
        credentials: { code: {} },
        async authorize(credentials, request) {
          const { enterCode } = await import('@/server/domains/accounts/sign-in-code');
          try {
            const pending = await pendingSignIn();
            const session = await enterCode(await visitor(request), {
              browser: pending?.browser ?? '',
              code: truncateText(String(credentials.code ?? ''), 100),
            });
            await forgetPendingSignIn();
            return await admitted(session);
          } catch (error) {
            throw new Refused(error);
          }
        },
      }),
    ],
    callbacks: {
      /** Restricts the redirect target to pages of this app, whatever the form or the cookie contains. */
      redirect({ url, baseUrl }) {
        const target = URL.canParse(String(url), baseUrl) ? new URL(String(url), baseUrl) : null;
        return target?.origin === baseUrl ? target.href : baseUrl;
      },
      jwt({ token, user }) {
        // The cookie contains no user data; it is read from the database with the session.
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

export const { handlers, signIn, signOut } = NextAuth(() => config());

/**
 * Returns the session named by the cookie of this request, or null. Reads only that cookie: `auth` of Auth.js parses all of its cookies,
 * and a broken one among them would sign the user out.
 */
export async function auth(): Promise<{ sid: string } | null> {
  const token = await getToken({
    req: { headers: { cookie: (await headers()).get('cookie') ?? '' } },
    secret: secrets().authSecret,
    secureCookie: env().appUrl.startsWith('https://'),
  });
  return typeof token?.sid === 'string' ? { sid: token.sid } : null;
}
