import { type NextRequest, NextResponse } from 'next/server';
import { getToken } from 'next-auth/jwt';
import { localPath } from '@/server/domains/accounts/next-path';
import { env } from '@/server/foundation/env';
import { dropBrokenAuthCookies } from '@/server/foundation/http/auth-request';
import { pagePolicy, strictTransport } from '@/server/foundation/http/content-security';
import { isRefusedOrigin } from '@/server/foundation/http/origin';
import { secrets } from '@/server/foundation/secrets';
import { isPublicPage } from './server/foundation/http/public-pages';

/**
 * Runs before every page: refuses cross-origin forms and actions, redirects signed-out users from all but the public pages to the sign-in
 * page, and gives each response a content security policy with its own nonce, which Next reads from the request. It only reads the cookie
 * (`getToken` instead of `auth()`, which would pull the database into this bundle); the page itself checks whether the session is still
 * valid (`requireViewer`).
 */
export async function proxy(request: NextRequest) {
  const settings = env();
  const { pathname, search } = request.nextUrl;
  const { headers: sent, method } = request;
  const from = {
    method,
    path: pathname,
    origin: sent.get('origin'),
    site: sent.get('sec-fetch-site'),
    host: sent.get('host'),
    forwardedHost: sent.get('x-forwarded-host'),
  };
  if (isRefusedOrigin(from, settings.appUrl))
    return new NextResponse('Forbidden', { status: 403, headers: strictTransport(settings.appUrl) });
  const path = pathname + search;
  if (!isPublicPage(pathname)) {
    const token = await getToken({
      req: request,
      secret: secrets().authSecret,
      secureCookie: settings.appUrl.startsWith('https://'),
    });
    if (typeof token?.sid !== 'string') {
      const target = new URL('/sign-in', request.nextUrl);
      target.searchParams.set('next', localPath(path));
      return NextResponse.redirect(target);
    }
  }
  const policy = pagePolicy({
    nonce: Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'),
    development: settings.NODE_ENV === 'development',
    sandboxOrigin: settings.TRIBUTARY_SANDBOX_URL ? new URL(settings.TRIBUTARY_SANDBOX_URL).origin : null,
  });
  const headers = new Headers(sent);
  dropBrokenAuthCookies(headers);
  headers.set('x-tributary-path', path);
  headers.set('content-security-policy', policy);
  const answer = NextResponse.next({ request: { headers } });
  answer.headers.set('content-security-policy', policy);
  for (const [name, value] of Object.entries(strictTransport(settings.appUrl)))
    answer.headers.set(name, value);
  return answer;
}

/** Everything except build files and route handlers, which check the caller themselves. */
export const config = {
  matcher: ['/((?!api/|sandbox$|sandbox/|_next/static/|_next/image$|icon\\.svg$|favicon\\.ico$).*)'],
};
