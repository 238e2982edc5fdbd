/** Pages for everybody. All others, also those that do not exist yet, are for signed-in people only. */
const PUBLIC_PAGES: ReadonlySet<string> = new Set([
  '/',
  '/pricing',
  '/terms',
  '/privacy',
  '/register',
  '/sign-in',
  '/sign-in/code',
  '/forgot',
  '/reset',
  '/verify',
  // It decides by itself who reads what (server/domains/emails/outbox-reader.ts).
  '/outbox',
  // Every primitive, in development only.
  '/gallery',
]);

export const isPublicPage = (path: string): boolean => PUBLIC_PAGES.has(path.replace(/(.)\/+$/, '$1'));
