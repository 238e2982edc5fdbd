/** Pages by kind of subject; `one` if each row has its own page, otherwise the list is shown. */
const PAGES: Record<string, { list: string; one: boolean }> = {
  post: { list: '/posts', one: true },
  publication: { list: '/calendar', one: false },
  approval: { list: '/todo', one: false },
  action: { list: '/todo', one: false },
  product: { list: '/products', one: true },
  listing: { list: '/listings', one: false },
  sale: { list: '/orders', one: false },
  price_rule: { list: '/pricing-rules', one: false },
  transaction: { list: '/ledger', one: true },
  connection: { list: '/connections', one: false },
  subscription: { list: '/settings/billing', one: false },
  workspace: { list: '/settings/workspace', one: false },
  topic: { list: '/settings/workspace', one: false },
};

/** Returns the page of an activity's subject, or null if it has none. */
export function subjectHref(type: string, id: string): string | null {
  const page = PAGES[type];
  if (!page) return null;
  return page.one ? `${page.list}/${encodeURIComponent(id)}` : page.list;
}
