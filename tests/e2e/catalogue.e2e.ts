import { expect, type Page, test } from '@playwright/test';
import { DEMO } from '../../db/seed/demo-account';
import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';

// In the pseudo-locale every message of the catalogue stands between ⟦ and ⟧. What stands outside of them is data, a name, a number or a
// date, or a text that nobody could translate.
test.use({ locale: 'en-XA', storageState: { cookies: [], origins: [] } });

/** What people read or hear on a page outside of the catalogue's marks, each once. */
const outsideOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const SPOKEN = ['aria-label', 'aria-description', 'title', 'alt', 'placeholder'];
    const found = new Set<string>();
    /** The parts of a text that stand outside; `depth` is how many messages are open before it. */
    const outside = (text: string, depth: number): { parts: string; depth: number } => {
      let parts = '';
      for (const char of text) {
        if (char === '⟦') depth++;
        else if (char === '⟧') depth--;
        else if (depth === 0) parts += char;
      }
      return { parts, depth };
    };
    const add = (text: string) => {
      const tidy = text.replace(/\s+/g, ' ').trim();
      if (/\p{L}{2,}/u.test(tidy)) found.add(tidy);
    };
    add(outside(document.title, 0).parts);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    let depth = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Element) {
        for (const name of SPOKEN) add(outside(node.getAttribute(name) ?? '', 0).parts);
        continue;
      }
      // What is written in code or as a moment is no language, and a mark made of a name's letters is that name.
      if (node.parentElement?.closest('script, style, noscript, template, time, code, [translate=no]'))
        continue;
      const told = outside(node.textContent ?? '', depth);
      depth = told.depth;
      add(told.parts);
    }
    return [...found];
  });

/** Reads whose answers hold what people wrote and what platforms call their things. */
const READS = [
  'account.me',
  'account.sessions',
  'connections.list',
  'home.overview',
  'home.shell',
  'ledger.balances',
  'ledger.list',
  'listings.list',
  'planning.plan',
  'pricing.changes',
  'pricing.rules',
  'products.list',
  'posts.list',
  'publications.list',
  'planning.series',
  'runs.list',
  'sales.list',
  'sales.syncStatus',
  'todo.list',
  'approvals.list',
  'workspace.get',
  'topics.list',
];

/** The data that the API gives about the person's workspace: all its texts but the words of facts. */
async function dataOf(page: Page): Promise<Set<string>> {
  const texts = new Set<string>();
  const visit = (value: unknown): void => {
    // A word in small letters is a code (a state, a kind), and a page that shows it has forgotten its words.
    if (typeof value === 'string') {
      if (!/^[a-z_]+$/.test(value)) texts.add(value.replace(/\s+/g, ' ').trim());
    } else if (Array.isArray(value)) for (const one of value) visit(one);
    else if (value && typeof value === 'object')
      for (const [key, one] of Object.entries(value)) if (!('fact' in value) || key === 'params') visit(one);
  };
  const input = encodeURIComponent(JSON.stringify({ json: {} }));
  for (const verb of READS) {
    // Some take no input at all.
    let answer = await page.request.get(`/api/trpc/${verb}`);
    if (!answer.ok()) answer = await page.request.get(`/api/trpc/${verb}?input=${input}`);
    expect(answer.ok(), verb).toBe(true);
    visit(await answer.json());
  }
  return texts;
}

/** Names that are the same in every language. */
const NAMES =
  /\b(Tributary|Free|Pro|Agency|X|Facebook|Etsy|LinkedIn|YouTube|Stripe|Chrome|Chromium|HeadlessChrome|Linux|Ctrl|Enter|kB|MB|GB)\b/g;
/** What Intl writes: names of days, months and currencies, zones and their abbreviations. */
const DATES =
  /\b(Mon|Tues?|Wed(nes)?|Thur?s?|Fri|Sat(ur)?|Sun)(day)?\b|\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\b|\bat\b/g;
const MACHINE =
  /[\w.+-]+@[\w.-]+|https?:\/\/\S+|\b[A-Z][A-Za-z_]+\/[A-Z][A-Za-z_]+\b|\b[A-Z]{3,4}\b|\b(GMT|UTC)[+-]?[\d:]*\b/g;
const ZONES = Intl.supportedValuesOf('timeZone').map((zone) =>
  zone.slice(zone.indexOf('/') + 1).replaceAll('_', ' '),
);
const CURRENCIES = Intl.supportedValuesOf('currency').map(
  (code) => new Intl.DisplayNames('en', { type: 'currency' }).of(code) ?? code,
);
const LISTED = new Set([...ZONES, ...CURRENCIES, 'https://']);

/** Whether something is left of a text without data, names, dates, addresses, zones and currencies. */
function isUnknown(text: string, data: ReadonlySet<string>): boolean {
  if (data.has(text) || LISTED.has(text)) return false;
  // A preview names an account without its handle: "Mira Okafor" of "Mira Okafor (@mira_draws)".
  if ([...data].some((one) => one.startsWith(`${text} (@`))) return false;
  let rest = text;
  for (const one of data) if (one.length > 2) rest = rest.replaceAll(one, ' ');
  rest = rest.replace(MACHINE, ' ').replace(DATES, ' ').replace(NAMES, ' ');
  return /\p{L}{2,}/u.test(rest);
}

async function check(
  page: Page,
  paths: readonly string[],
  data: Set<string>,
): Promise<Record<string, string[]>> {
  const left: Record<string, string[]> = {};
  for (const path of paths) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    const texts = (await outsideOf(page)).filter((text) => isUnknown(text, data));
    if (texts.length > 0) left[path] = texts;
  }
  return left;
}

test('no text of a public page is outside the catalogue', async ({ page }) => {
  expect(await check(page, PUBLIC_PAGES, new Set([DEMO.email, DEMO.password]))).toEqual({});
});

test('no text of the app is outside the catalogue, with a workspace full of content', async ({ page }) => {
  await page.goto('/sign-in');
  await page.locator('input[type=email]').fill(DEMO.email);
  await page.locator('input[type=password]').fill(DEMO.password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL('**/home');
  const data = await dataOf(page);
  expect(await check(page, APP_PAGES, data)).toEqual({});
  // One page of each kind that is about one thing.
  const details: string[] = [];
  for (const [list, kind] of [
    ['/library', 'posts'],
    ['/products', 'products'],
    ['/ledger', 'ledger'],
  ] as const) {
    await page.goto(list);
    const link = page.locator(`main a[href^="/${kind}/"]:not([href$="/new"])`).first();
    details.push((await link.getAttribute('href')) ?? '');
  }
  expect(await check(page, details, data)).toEqual({});
});
