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
 * What stands in front of every page: foreign forms and actions are refused, signed-out people are sent from all but the public pages to
 * the sign-in page, and each answer gets a content security policy with a nonce of its own, which Next finds in the request. It only
 * reads the cookie (`getToken` and not `auth()`, which would load the database into this bundle too); whether the session is still alive
 * is asked by the page itself (`requireViewer`).
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

/** Everything but route handlers, which ask by themselves who calls, and the files of the build. */
export const config = {
  matcher: ['/((?!api/|sandbox$|sandbox/|_next/static/|_next/image$|icon\\.svg$|favicon\\.ico$).*)'],
};
