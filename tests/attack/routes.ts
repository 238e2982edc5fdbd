import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isPublicPage } from '@/server/foundation/http/public-pages';

/** A page or route of the build, and the paths at which it is tested. */
export interface Target {
  /** Its name in the build's manifest. */
  name: string;
  kind: 'page' | 'route';
  paths: string[];
  /** Whether unauthenticated clients may get a 200 here. */
  open: boolean;
}

/**
 * Route handlers that may return 200 to an unauthenticated client because they do their own authorization (see
 * tests/tenancy/routes.test.ts).
 */
const OPEN_ROUTES = new Set([
  '/api/auth/[...nextauth]',
  '/api/approvals/[token]',
  '/api/health',
  '/api/media/public/[token]',
  '/api/trpc/[trpc]',
  '/icon.svg',
  '/sandbox/[[...path]]',
  // Only reports that functions are served.
  '/api/inngest',
]);

/** Paths to test for routes that match more than one. */
const PATHS_OF_ROUTE: Record<string, string[]> = {
  '/api/auth/[...nextauth]': [
    '/api/auth/callback/credentials',
    '/api/auth/csrf',
    '/api/auth/session',
    '/api/auth/signin',
    '/api/auth/signout',
    '/api/auth/nothing',
  ],
  '/api/trpc/[trpc]': ['/api/trpc/home.shell', '/api/trpc/account.register,home.shell?batch=1'],
  '/sandbox/[[...path]]': [
    '/sandbox',
    '/sandbox/x/2/oauth2/token',
    '/sandbox/x/2/tweets',
    '/sandbox/x/2/media/upload/1/append',
    '/sandbox/facebook/v25.0/oauth/access_token',
    '/sandbox/facebook/v25.0/me/photos',
    '/sandbox/etsy/v3/public/oauth/token',
    '/sandbox/etsy/v3/application/shops/1/listings/1/images',
    '/sandbox/stripe/v1/customers',
    '/sandbox/control',
  ],
  '/api/webhooks/[platform]/[receiver]': [
    '/api/webhooks/telegram/whr_00000000000000000000000000',
    '/api/webhooks/facebook/live',
  ],
  '/api/reports/[month]': ['/api/reports/2026-01', '/api/reports/x'],
  '/_not-found': ['/there/is/nothing'],
  '/_global-error': ['/_global-error'],
};

const manifest = (root: string, name: string): unknown =>
  JSON.parse(readFileSync(path.join(root, '.next', name), 'utf8'));

/** Every page and route of the build. */
export function targets(root: string): Target[] {
  const routes = manifest(root, 'app-path-routes-manifest.json') as Record<string, string>;
  return Object.entries(routes).map(([file, name]) => {
    const kind = file.endsWith('/page') ? ('page' as const) : ('route' as const);
    return {
      name,
      kind,
      paths: PATHS_OF_ROUTE[name] ?? [name.replace(/\[+(?:\.\.\.)?\w+\]+/g, 'x')],
      open: kind === 'page' ? isPublicPage(name) : OPEN_ROUTES.has(name),
    };
  });
}

/** Every server action of the build: its id, and a page that has it. */
export function actions(root: string): { id: string; page: string }[] {
  const { node } = manifest(root, 'server/server-reference-manifest.json') as {
    node: Record<string, { workers: Record<string, unknown> }>;
  };
  const routes = manifest(root, 'app-path-routes-manifest.json') as Record<string, string>;
  return Object.entries(node).map(([id, { workers }]) => ({
    id,
    page: routes[`/${Object.keys(workers)[0]?.replace(/^app\//, '')}`] ?? '/',
  }));
}
