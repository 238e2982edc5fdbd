/** Every page that can be opened without an id, once: the benchmarks and the end-to-end flow walk these lists. */
export const PUBLIC_PAGES = [
  '/',
  '/pricing',
  '/register',
  '/sign-in',
  '/forgot',
  '/terms',
  '/privacy',
] as const;

export const APP_PAGES = [
  '/home',
  '/todo',
  '/compose',
  '/calendar',
  '/library',
  '/products',
  '/products/new',
  '/listings',
  '/orders',
  '/pricing-rules',
  '/ledger',
  '/reports',
  '/runs',
  '/connections',
  '/settings/workspace',
  '/settings/billing',
  '/settings/security',
] as const;
