import { and, asc, count, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Hono } from 'hono';
import { simulateDueVisits } from './etsy/sales';
import type { Ctx, SandboxEnv } from './http';
import { mediaMarkup, mediaOf, serveMedia } from './media';
import { html, type Markup, page, problemPage } from './pages';
import { simulateReach } from './people';
import { accounts, etsyAssets, etsyListings, etsyReceipts, posts } from './schema';
import type { World } from './world';

type Account = typeof accounts.$inferSelect;
type Post = typeof posts.$inferSelect;

const STATE_WORDS: Record<string, string> = {
  active: 'For sale',
  draft: 'Draft',
  inactive: 'Not for sale',
  sold_out: 'Sold out',
  expired: 'Expired',
};
const usd = (cents: number) => `$${(cents / 100).toFixed(2)}`;
const when = (at: Date) =>
  html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;

/** Adds the public pages: the overview and the platforms' front pages, timelines, Pages and shops. */
export function publicPages(app: Hono<SandboxEnv>, world: World): void {
  app.get('/', () => overview(world));
  for (const platform of ['x', 'facebook'])
    app.get(
      `/${platform}/media/:id`,
      async (c) => (await serveMedia(world, c, platform)) ?? nothing(world, platform),
    );
  for (const [path, platform] of [
    ['/x', 'x'],
    ['/facebook', 'facebook'],
    ['/etsy', 'etsy'],
    ['/etsy/shop', 'etsy'],
  ] as const)
    app.get(path, () => frontPage(world, platform));
  app.get('/x/:handle', (c) => timeline(world, c, 'x'));
  app.get('/x/:handle/status/:id', (c) => onePost(world, c, 'x'));
  app.get('/facebook/:handle', (c) => timeline(world, c, 'facebook'));
  app.get('/facebook/:handle/posts/:id', (c) => onePost(world, c, 'facebook'));
  app.get('/etsy/shop/:handle', (c) => shopPage(world, c));
  app.get('/etsy/listing/:id', (c) => listingPage(world, c));
  app.get('/etsy/image/:id', async (c) => {
    const [row] = await world.db
      .select()
      .from(etsyAssets)
      .where(and(eq(etsyAssets.id, number(c)), eq(etsyAssets.kind, 'image')));
    if (!row) return nothing(world, 'etsy');
    return new Response(Buffer.from(row.content, 'base64'), {
      headers: {
        'content-type': row.contentType,
        'cache-control': 'private, max-age=3600',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      },
    });
  });
}

const number = (c: Ctx): number => {
  const value = Number(c.req.param('id'));
  return Number.isSafeInteger(value) ? value : 0;
};

/** Renders the 404 page. */
export const nothing = (world: World, platform?: string) =>
  problemPage(world, {
    title: 'There is nothing here',
    text: 'It may have been removed. Go back to the overview.',
    status: 404,
    ...(platform ? { platform } : {}),
  });

/** How a platform lists its accounts: title, kind, link and description. */
interface Shown {
  title: string;
  kind: Account['kind'];
  link: (a: Account) => string;
  line: (a: Account, made: number) => string;
}
const postLine = (a: Account, made: number) =>
  `${made} ${made === 1 ? 'post' : 'posts'} · ${a.followers.toLocaleString('en-US')} followers`;
const SHOWN = {
  x: {
    title: 'X',
    kind: 'person',
    link: (a) => `/x/${a.handle}`,
    line: (a, made) => `@${a.handle} · ${postLine(a, made)}`,
  },
  facebook: {
    title: 'Facebook Pages',
    kind: 'page',
    link: (a) => `/facebook/${a.handle}`,
    line: postLine,
  },
  etsy: { title: 'Etsy shops', kind: 'shop', link: (a) => `/etsy/shop/${a.handle}`, line: (a) => a.about },
} satisfies Record<string, Shown>;
type Platform = keyof typeof SHOWN;

/** Renders the accounts of a platform as links. */
async function accountList(world: World, platform: Platform): Promise<Markup> {
  const { kind, link, line }: Shown = SHOWN[platform];
  const rows = await world.db
    .select({ account: accounts, made: count(posts.id) })
    .from(accounts)
    .leftJoin(posts, and(eq(posts.accountId, accounts.id), isNull(posts.deletedAt)))
    .where(and(eq(accounts.platform, platform), eq(accounts.kind, kind)))
    .groupBy(accounts.id)
    .orderBy(asc(accounts.name));
  if (rows.length === 0) return html`<p>There is no account yet.</p>`;
  return html`<ul class="grid">${rows.map(({ account: a, made }) => html`<li><div class="card"><h3><a href="${world.base}${link(a)}">${a.name}</a></h3><p class="muted small">${line(a, made)}</p></div></li>`)}</ul>`;
}

async function overview(world: World): Promise<Response> {
  const group = async (platform: Platform) =>
    html`<h2>${SHOWN[platform].title}</h2>
${await accountList(world, platform)}`;
  return page(
    world,
    { title: 'Stand-in platforms', wide: true },
    html`<p>These are stand-ins for X, Facebook, Etsy and Stripe. They keep their own state and behave as the platforms do, so that everything can be tried without an account anywhere.</p>
<p><a class="button" href="${world.base}/control">Open the control page</a></p>
${await group('x')}
${await group('facebook')}
${await group('etsy')}`,
  );
}

/** Renders a platform's front page with its accounts. */
async function frontPage(world: World, platform: Platform): Promise<Response> {
  const { title } = SHOWN[platform];
  return page(
    world,
    { title, platform, wide: true },
    html`<p class="muted">Choose an account to see what it has made public.</p>
<h2>Accounts</h2>${await accountList(world, platform)}`,
  );
}

async function find(
  world: World,
  platform: string,
  handle: string,
  kind: Account['kind'],
): Promise<Account | undefined> {
  const [row] = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.platform, platform), eq(accounts.handle, handle), eq(accounts.kind, kind)));
  return row;
}

/** Renders a post with the account's own replies: the rest of a thread, or its comments. */
async function postCard(
  world: World,
  post: Post,
  account: Account,
  platform: string,
  alone: boolean,
): Promise<Markup> {
  const under = await world.db
    .select()
    .from(posts)
    .where(and(eq(posts.replyTo, post.id), eq(posts.accountId, account.id), isNull(posts.deletedAt)))
    .orderBy(asc(posts.createdAt), asc(posts.id));
  const cards = await Promise.all(under.map((one) => postCard(world, one, account, platform, false)));
  const card = await oneCard(world, post, account, platform, alone);
  if (cards.length === 0) return card;
  const label = platform === 'x' ? 'Thread' : 'Comments';
  return html`${card}<section class="under" aria-label="${label}">${cards}</section>`;
}

async function oneCard(world: World, post: Post, account: Account, platform: string, alone: boolean) {
  const { seed } = await world.settings.get();
  const r = simulateReach(post, account, await world.settings.crowdNow(), seed);
  const pictured = await mediaOf(world, [post.id]);
  const path =
    platform === 'x'
      ? `/x/${account.handle}/status/${post.id}`
      : `/facebook/${account.handle}/posts/${post.replyTo ?? post.id}`;
  const numbers: [string, number][] =
    platform === 'x'
      ? [
          ['replies', r.replies],
          ['reposts', r.reposts],
          ['likes', r.likes],
          ['views', r.impressions],
        ]
      : [
          ['likes', r.likes],
          ['comments', r.replies],
          ['shares', r.reposts],
          ['people reached', r.impressions],
        ];
  return html`<article aria-label="${post.replyTo ? (platform === 'x' ? 'Reply' : 'Comment') : 'Post'} by ${account.name}"><p class="small"><strong>${account.name}</strong>${platform === 'x' ? html` <span class="muted">@${account.handle}</span>` : ''}</p>
${post.text ? html`<p class="text">${post.text}</p>` : ''}${mediaMarkup(world, pictured.get(post.id) ?? [])}${post.link && !post.text.includes(post.link) ? html`<p class="small muted">Link: ${post.link}</p>` : ''}
<p class="small muted">${alone ? when(post.createdAt) : html`<a href="${world.base}${path}">${when(post.createdAt)}</a>`}</p>
<ul class="metrics">${numbers.map(([label, n]) => html`<li>${n.toLocaleString('en-US')} ${label}</li>`)}</ul></article>`;
}

async function timeline(world: World, c: Ctx, platform: 'x' | 'facebook'): Promise<Response> {
  const account = await find(
    world,
    platform,
    c.req.param('handle') ?? '',
    platform === 'x' ? 'person' : 'page',
  );
  if (!account) return nothing(world, platform);
  const rows = await world.db
    .select()
    .from(posts)
    .where(and(eq(posts.accountId, account.id), isNull(posts.deletedAt), isNull(posts.replyTo)))
    .orderBy(desc(posts.createdAt), desc(posts.id))
    .limit(50);
  const cards = await Promise.all(rows.map((p) => postCard(world, p, account, platform, false)));
  return page(
    world,
    { title: account.name, platform },
    html`<p class="muted">${platform === 'x' ? `@${account.handle} · ` : ''}${account.followers.toLocaleString('en-US')} followers</p><p>${account.about}</p>
<h2>Posts</h2>${rows.length === 0 ? html`<p>Nothing is posted yet.</p>` : cards}`,
  );
}

async function onePost(world: World, c: Ctx, platform: 'x' | 'facebook'): Promise<Response> {
  const account = await find(
    world,
    platform,
    c.req.param('handle') ?? '',
    platform === 'x' ? 'person' : 'page',
  );
  const [post] = account
    ? await world.db
        .select()
        .from(posts)
        .where(
          and(
            eq(posts.id, c.req.param('id') ?? ''),
            eq(posts.accountId, account.id),
            isNull(posts.deletedAt),
          ),
        )
    : [];
  if (!account || !post) return nothing(world, platform);
  const path = platform === 'x' ? `/x/${account.handle}` : `/facebook/${account.handle}`;
  return page(
    world,
    { title: `Post by ${account.name}`, platform },
    html`${await postCard(world, post, account, platform, true)}<p><a href="${world.base}${path}">All posts of ${account.name}</a></p>`,
  );
}

async function shopPage(world: World, c: Ctx): Promise<Response> {
  const shop = await find(world, 'etsy', c.req.param('handle') ?? '', 'shop');
  if (!shop) return nothing(world, 'etsy');
  await simulateDueVisits(world, shop.id);
  const rows = await world.db
    .select()
    .from(etsyListings)
    .where(
      and(eq(etsyListings.shopId, shop.id), eq(etsyListings.state, 'active'), isNull(etsyListings.deletedAt)),
    )
    .orderBy(desc(etsyListings.createdAt));
  const sold = await soldCounts(world, shop.id);
  const pictures = await firstPictures(
    world,
    rows.map((l) => l.id),
  );
  return page(
    world,
    { title: shop.name, platform: 'etsy', wide: true },
    html`<p>${shop.about}</p><p class="muted">${[...sold.values()].reduce((a, b) => a + b, 0).toLocaleString('en-US')} sold</p>
<h2>Listings</h2>${
      rows.length === 0
        ? html`<p>Nothing is for sale yet.</p>`
        : html`<ul class="grid">${rows.map(
            (l) =>
              html`<li><div class="card">${pictures.has(l.id) ? html`<img class="product" src="${world.base}/etsy/image/${pictures.get(l.id)}" alt="">` : ''}<h3><a href="${world.base}/etsy/listing/${l.id}">${l.title}</a></h3><p class="price">${usd(l.priceCents)}</p><p class="muted small">${sold.get(l.id) ?? 0} sold · ${l.quantity} left · ${l.views} views</p></div></li>`,
          )}</ul>`
    }`,
  );
}

/** Returns the first picture of each listing that has one. */
async function firstPictures(world: World, listings: number[]): Promise<Map<number, number>> {
  const rows = await world.db
    .select({ id: etsyAssets.id, listing: etsyAssets.listingId })
    .from(etsyAssets)
    .where(and(inArray(etsyAssets.listingId, listings), eq(etsyAssets.kind, 'image')))
    .orderBy(desc(etsyAssets.rank), desc(etsyAssets.id));
  return new Map(rows.map((r) => [r.listing, r.id]));
}

async function soldCounts(world: World, shopId: string): Promise<Map<number, number>> {
  const rows = await world.db
    .select({ id: etsyReceipts.listingId, n: sql<string>`sum(${etsyReceipts.quantity})` })
    .from(etsyReceipts)
    .where(eq(etsyReceipts.shopId, shopId))
    .groupBy(etsyReceipts.listingId);
  return new Map(rows.map((r) => [r.id, Number(r.n)]));
}

async function listingPage(world: World, c: Ctx): Promise<Response> {
  const where = and(eq(etsyListings.id, number(c)), isNull(etsyListings.deletedAt));
  const [before] = await world.db.select().from(etsyListings).where(where);
  if (before) await simulateDueVisits(world, before.shopId);
  const [row] = await world.db
    .select({ listing: etsyListings, shop: accounts })
    .from(etsyListings)
    .innerJoin(accounts, eq(accounts.id, etsyListings.shopId))
    .where(where);
  if (!row) return nothing(world, 'etsy');
  const { listing, shop } = row;
  const images = await world.db
    .select({ id: etsyAssets.id, alt: etsyAssets.altText })
    .from(etsyAssets)
    .where(and(eq(etsyAssets.listingId, listing.id), eq(etsyAssets.kind, 'image')))
    .orderBy(asc(etsyAssets.rank));
  const sold = (await soldCounts(world, shop.id)).get(listing.id) ?? 0;
  return page(
    world,
    { title: listing.title, platform: 'etsy', wide: true },
    html`<div class="sheet"><div>${images.map((i) => html`<img class="product" src="${world.base}/etsy/image/${i.id}" alt="${i.alt || `Picture of ${listing.title}`}">`)}</div>
<div><p class="price">${usd(listing.priceCents)}</p>
<p><span class="badge ${listing.state === 'active' ? 'good' : ''}">${STATE_WORDS[listing.state] ?? listing.state}</span></p>
<dl><dt>Sold</dt><dd>${sold}</dd><dt>In stock</dt><dd>${listing.quantity.toLocaleString('en-US')}</dd><dt>Views</dt><dd>${listing.views.toLocaleString('en-US')}</dd><dt>Favourites</dt><dd>${listing.favorers}</dd><dt>Shop</dt><dd><a href="${world.base}/etsy/shop/${shop.handle}">${shop.name}</a></dd></dl>
<h2>Description</h2><p class="text">${listing.description}</p></div></div>`,
  );
}
