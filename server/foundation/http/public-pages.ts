/** Public pages. All others, including future ones, are for signed-in users only. */
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
  // Checks itself who may read what (server/domains/emails/outbox-reader.ts).
  '/outbox',
  // Shows every UI primitive, in development only.
  '/gallery',
]);

export const isPublicPage = (path: string): boolean => PUBLIC_PAGES.has(path.replace(/(.)\/+$/, '$1'));
