import { expect, type Page, type Request, type Response, test } from '@playwright/test';
import { DEMO } from '../../db/seed/demo-account';
import { faces } from '../../server/connectors/faces';
import { STEPS } from '../../server/domains/onboarding/schemas';
import { CURRENCIES } from '../../server/foundation/currencies';
import { allTimeZones } from '../../server/foundation/zones/time-zones';
import { BUDGET, Scale, type Weight } from '../bench/weight';
import { APP_PAGES, PUBLIC_PAGES } from '../support/app-pages';
import { accessible, BrowserErrors, fitsPhone, policyNonce } from './support';

// In the pseudo-locale, every message of the catalogue is enclosed in ⟦ and ⟧. Text outside of them is data, a name, a number, a date or a
// hard-coded text.
test.use({ locale: 'en-XA', storageState: { cookies: [], origins: [] } });

/** Returns the distinct texts of a page, visible or for screen readers, that are outside the catalogue's markers. */
const outsideOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const SPOKEN = ['aria-label', 'aria-description', 'title', 'alt', 'placeholder'];
    const found = new Set<string>();
    /** Returns the part of a text that is outside the markers. `depth` is the number of markers that are open before it. */
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
      // Code and times are not language, and the mark of a platform consists of letters of its name.
      if (node.parentElement?.closest('script, style, noscript, template, time, code, [translate=no]'))
        continue;
      const told = outside(node.textContent ?? '', depth);
      depth = told.depth;
      add(told.parts);
    }
    return [...found];
  });

/** Queries whose results contain texts by users and names from platforms. */
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
  'sales.entries',
  'sales.list',
  'sales.syncStatus',
  'todo.list',
  'approvals.list',
  'workspace.get',
  'topics.list',
];

/** Returns the user's data from the API: all texts, but of facts only the parameters. */
async function dataOf(page: Page): Promise<Set<string>> {
  const texts = new Set<string>();
  const visit = (value: unknown): void => {
    // A lowercase word is a code (a state, a kind), and a page that shows it lacks a translation.
    if (typeof value === 'string') {
      if (!/^[a-z_]+$/.test(value)) texts.add(value.replace(/\s+/g, ' ').trim());
    } else if (Array.isArray(value)) for (const one of value) visit(one);
    else if (value && typeof value === 'object')
      for (const [key, one] of Object.entries(value)) if (!('fact' in value) || key === 'params') visit(one);
  };
  const input = encodeURIComponent(JSON.stringify({ json: {} }));
  for (const verb of READS) {
    // Some take no input.
    let answer = await page.request.get(`/api/trpc/${verb}`);
    if (!answer.ok()) answer = await page.request.get(`/api/trpc/${verb}?input=${input}`);
    expect(answer.ok(), verb).toBe(true);
    visit(await answer.json());
  }
  return texts;
}

/** Names that are the same in every language. */
const NAMES = new RegExp(
  `\\b(Tributary|Free|Pro|Agency|Stripe|Chrome|Chromium|HeadlessChrome|Linux|Ctrl|Enter|kB|MB|GB|${Object.values(
    faces,
  )
    .map(({ name }) => name)
    .join('|')})\\b`,
  'g',
);
/** Words that Intl produces: the names of days and months, and the words between the parts of a date or a list. */
const DATES =
  /\b(Mon|Tues?|Wed(nes)?|Thur?s?|Fri|Sat(ur)?|Sun)(day)?\b|\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\b|\b(at|and|or)\b/g;
const MACHINE =
  /[\w.+-]+@[\w.-]+|https?:\/\/\S+|\b[A-Z][A-Za-z_]+\/[A-Z][A-Za-z_]+\b|\b[A-Z]{3,4}\b|\b(GMT|UTC)[+-]?[\d:]*\b/g;
const ZONES = allTimeZones().map((zone) => zone.slice(zone.indexOf('/') + 1).replaceAll('_', ' '));
const CURRENCY_NAMES = CURRENCIES.map(
  (code) => new Intl.DisplayNames('en', { type: 'currency' }).of(code) ?? code,
);
const LISTED = new Set([
  ...ZONES,
  ...CURRENCY_NAMES,
  ...CURRENCIES.map((code, i) => `${code}, ${CURRENCY_NAMES[i]}`),
  'https://',
]);

/** Whether any text remains after removing data, names, dates, addresses, time zones and currencies. */
function isUnknown(text: string, data: ReadonlySet<string>): boolean {
  if (data.has(text) || LISTED.has(text)) return false;
  // A preview names an account without its handle: "Mira Okafor" of "Mira Okafor (@mira_draws)".
  if ([...data].some((one) => one.startsWith(`${text} (@`))) return false;
  let rest = text;
  for (const one of data) if (one.length > 2) rest = rest.replaceAll(one, ' ');
  rest = rest.replace(MACHINE, ' ').replace(DATES, ' ').replace(NAMES, ' ');
  return /\p{L}{2,}/u.test(rest);
}

/** Controls that open a dialogue, a menu, a drawer or a section of the page. */
const OPENERS =
  'button[aria-haspopup]:not([aria-expanded="true"]), button[aria-expanded="false"], [role="combobox"][aria-expanded="false"]:not(input)';

/** Tracks the requests of a page, except for the live stream, which stays open. */
function followRequests(page: Page): () => Promise<void> {
  const open = new Set<Request>();
  page.on('request', (request) => {
    if (!request.url().includes('/api/live')) open.add(request);
  });
  for (const end of ['requestfinished', 'requestfailed'] as const)
    page.on(end as 'requestfinished', (request) => open.delete(request));
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) open.clear();
  });
  /** Waits until all requests have finished and the page is drawn. */
  return async () => {
    const drawn = () =>
      page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await expect(async () => {
      await drawn();
      expect(open.size).toBe(0);
    }).toPass({ intervals: [20] });
    await drawn();
  };
}

type OnLoaded = (path: string, answer: Response | null) => Promise<void>;

/** One user's visit to a number of pages: the texts found that are not from the catalogue, and what was already opened. */
class Walk {
  readonly left: Record<string, string[]> = {};
  readonly opened = new Set<string>();
  readonly #quiet: () => Promise<void>;

  constructor(
    readonly page: Page,
    readonly data: ReadonlySet<string>,
  ) {
    this.#quiet = followRequests(page);
  }

  async #look(where: string): Promise<void> {
    const texts = (await outsideOf(this.page)).filter((text) => isUnknown(text, this.data));
    if (texts.length > 0) this.left[where] = texts;
  }

  /** Returns an opener's name without the data in it, because all rows of a list open the same thing. */
  #kindOf(name: string): string {
    let kind = name.replace(/\s+/g, ' ').trim();
    for (const one of this.data) if (one.length > 2) kind = kind.replaceAll(one, '');
    return kind.replace(/\d+/g, '');
  }

  /** Opens everything on the page that was not opened before, one after the other, including nested openers. */
  async #openAll(path: string): Promise<void> {
    const openers = this.page.locator(OPENERS).filter({ visible: true });
    for (;;) {
      const names = await openers.evaluateAll((all) =>
        all.map((one) =>
          (one as HTMLButtonElement).disabled || one.getAttribute('aria-disabled') === 'true'
            ? ''
            : one.getAttribute('aria-label') || one.textContent || one.id,
        ),
      );
      const at = names.findIndex((name) => name !== '' && !this.opened.has(this.#kindOf(name)));
      const name = names[at];
      if (name === undefined) return;
      this.opened.add(this.#kindOf(name));
      const opener = await openers.nth(at).elementHandle();
      if (!opener) continue;
      await opener.click();
      const popup = await opener.getAttribute('aria-haspopup');
      if (popup)
        await expect(
          this.page
            .locator('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]')
            .filter({ visible: true })
            .first(),
          `${path}: ${name}`,
        ).toBeVisible();
      await this.#quiet();
      await this.#look(`${path} > ${name}`);
      // A section of the page stays open, because it may contain more openers.
      if (popup || (await opener.getAttribute('role')) === 'combobox') {
        await this.page.keyboard.press('Escape');
        await expect(
          this.page
            .locator('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]')
            .filter({ visible: true }),
          `${path}: ${name}`,
        ).toHaveCount(0);
      }
    }
  }

  /** Visits pages. `loaded` is called when a page is loaded, before anything on it is opened. */
  async pages(paths: readonly string[], ...loaded: OnLoaded[]): Promise<void> {
    for (const path of paths) {
      const answer = await this.page.goto(path);
      await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
      await this.page.waitForLoadState('networkidle');
      for (const check of loaded) await check(path, answer);
      await this.#look(path);
      await this.#openAll(path);
    }
  }

  /** Checks the dialogue that a key opens. */
  async key(key: string): Promise<void> {
    await this.page.keyboard.press(key);
    await expect(this.page.getByRole('dialog')).toBeVisible();
    await this.#quiet();
    await this.#look(key);
    await this.page.keyboard.press('Escape');
    await expect(this.page.getByRole('dialog')).toHaveCount(0);
  }
}

/** Checks each loaded page against a budget of JavaScript. `over` collects the pages that exceed it. */
function checkWeight(weigh: () => Promise<Weight>, budget: number, over: string[]): OnLoaded {
  return async (path) => {
    const { kB, scripts } = await weigh();
    expect(scripts, path).toBeGreaterThan(3);
    console.log(`${path} ${kB.toFixed(1)} kB`);
    if (kB > budget) over.push(`${path}: ${kB.toFixed(1)} kB of ${budget}`);
  };
}

test('every public page takes its texts from the catalogue, has a content security policy, is accessible, fits a phone and its budget of JavaScript', async ({
  page,
}) => {
  const complaints = new BrowserErrors(page);
  // The scale blocks prefetches.
  complaints.except(/nothing-here|ERR_FAILED .*_rsc=/);
  const walk = new Walk(page, new Set([DEMO.email, DEMO.password]));
  const over: string[] = [];
  const nonces = new Set<string>();
  const paths = [...PUBLIC_PAGES, '/nothing-here'];
  await walk.pages(
    paths,
    checkWeight(await new Scale().follow(page), BUDGET.public, over),
    async (_path, answer) => {
      nonces.add(policyNonce(answer));
      await accessible(page);
      await fitsPhone(page);
    },
  );
  expect(walk.left).toEqual({});
  expect(over).toEqual([]);
  expect(nonces.size).toBe(paths.length);
  complaints.none();
});

test('every text of the app comes from the catalogue, and no page loads more JavaScript than its budget, with a workspace full of content', async ({
  page,
}) => {
  await page.goto('/sign-in');
  await page.locator('input[type=email]').fill(DEMO.email);
  await page.locator('input[type=password]').fill(DEMO.password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL('**/home');
  const walk = new Walk(page, await dataOf(page));
  const over: string[] = [];
  await walk.pages(APP_PAGES, checkWeight(await new Scale().follow(page), BUDGET.app, over));
  // One detail page of each kind.
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
  await walk.pages(details);
  await walk.key('Control+k');
  // A user who has finished the set-up can still open its steps.
  await walk.pages(STEPS.map((step) => `/onboarding/${step}`));
  // Some things open only from the navigation bar on phones.
  await page.setViewportSize({ width: 390, height: 844 });
  await walk.pages(['/home']);
  expect(walk.left).toEqual({});
  expect(over).toEqual([]);
  // Makes sure that dialogues, menus and so on were actually opened.
  expect(walk.opened.size).toBeGreaterThan(15);
});
