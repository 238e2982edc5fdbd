import { type NextRequest, NextResponse } from 'next/server';
import { getToken } from 'next-auth/jwt';
import { localPath } from '@/server/domains/accounts/next-path';
import { env } from '@/server/foundation/env';
import { secrets } from '@/server/foundation/secrets';

/**
 * Sends signed-out people from the app's pages to the sign-in page, and tells pages which address was asked for. It only
 * reads the cookie (`getToken` and not `auth()`, which would load the database into this bundle too); whether the session
 * is still alive is asked by the page itself (`requireViewer`).
 */
export async function proxy(request: NextRequest) {
  const path = request.nextUrl.pathname + request.nextUrl.search;
  const token = await getToken({
    req: request,
    secret: secrets().authSecret,
    secureCookie: env().appUrl.startsWith('https://'),
  });
  if (typeof token?.sid !== 'string') {
    const target = new URL('/sign-in', request.nextUrl);
    target.searchParams.set('next', localPath(path));
    return NextResponse.redirect(target);
  }
  const headers = new Headers(request.headers);
  headers.set('x-tributary-path', path);
  return NextResponse.next({ request: { headers } });
}

export const config = {
  matcher: [
    '/home/:path*',
    '/todo/:path*',
    '/compose/:path*',
    '/calendar/:path*',
    '/library/:path*',
    '/posts/:path*',
    '/products/:path*',
    '/listings/:path*',
    '/orders/:path*',
    '/pricing-rules/:path*',
    '/ledger/:path*',
    '/reports/:path*',
    '/runs/:path*',
    '/connections/:path*',
    '/settings/:path*',
    '/onboarding/:path*',
  ],
};
