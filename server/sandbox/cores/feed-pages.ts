import { and, asc, desc, eq, inArray, isNull, ne } from 'drizzle-orm';
import type { Hono } from 'hono';
import type { Ctx, SandboxEnv } from '../http';
import { html, type Markup, nothing, page, when } from '../pages';
import { type Reach, simulateReach } from '../people';
import { accounts, posts } from '../schema';
import { mediaMarkup, mediaOf, serveMedia } from '../shell/media';
import type { Account } from '../stand-in';
import type { World } from '../world';

type Post = typeof posts.$inferSelect;

/** The public pages of a network: timelines, single posts and their pictures. Paths are below the stand-in's own. */
export interface FeedPages {
  /** Which accounts have a timeline. */
  kind: Account['kind'] | readonly Account['kind'][];
  paths: { account: string; post: string };
  accountPath: (account: Account) => string;
  postPath: (account: Account, post: Post) => string;
  /** Whether the handle is shown with an @ beside the name. */
  handles: boolean;
  /** What a post below another one is called, and all of them. */
  words: { reply: string; under: string };
  /** The numbers below a post, in order. */
  numbers: (reach: Reach) => readonly (readonly [label: string, n: number])[];
}

/** Adds the pages of a network at `base`, its path below the sandbox. */
export function feedPages(app: Hono<SandboxEnv>, world: World, base: string, o: FeedPages): void {
  app.get(
    `${base}/media/:id`,
    async (c) => (await serveMedia(world, c, c.get('realm'))) ?? nothing(world, c.get('realm')),
  );
  app.get(`${base}${o.paths.account}`, (c) => timeline(world, c, o));
  app.get(`${base}${o.paths.post}`, (c) => onePost(world, c, o));
}

async function find(world: World, c: Ctx, o: FeedPages): Promise<Account | undefined> {
  const [row] = await world.db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.platform, c.get('realm')),
        eq(accounts.handle, c.req.param('handle') ?? ''),
        inArray(accounts.kind, [o.kind].flat()),
      ),
    );
  return row;
}

/** Renders a post with the account's own replies: the rest of a thread, or its comments. */
async function postCard(
  world: World,
  post: Post,
  account: Account,
  o: FeedPages,
  alone: boolean,
): Promise<Markup> {
  const under = await world.db
    .select()
    .from(posts)
    .where(and(eq(posts.replyTo, post.id), eq(posts.accountId, account.id), isNull(posts.deletedAt)))
    .orderBy(asc(posts.createdAt), asc(posts.id));
  const cards = await Promise.all(under.map((one) => postCard(world, one, account, o, false)));
  const card = await oneCard(world, post, account, o, alone);
  if (cards.length === 0) return card;
  return html`${card}<section class="under" aria-label="${o.words.under}">${cards}</section>`;
}

async function oneCard(world: World, post: Post, account: Account, o: FeedPages, alone: boolean) {
  const { seed } = await world.settings.get();
  const r = simulateReach(post, account, await world.settings.crowdNow(), seed);
  const pictured = await mediaOf(world, [post.id]);
  const path = `${world.base}/${account.platform}${o.postPath(account, post)}`;
  return html`<article aria-label="${post.replyTo ? o.words.reply : 'Post'} by ${account.name}"><p class="small"><strong>${account.name}</strong>${o.handles ? html` <span class="muted">@${account.handle}</span>` : ''}</p>
${post.text ? html`<p class="text">${post.text}</p>` : ''}${mediaMarkup(world, pictured.get(post.id) ?? [])}${post.link && !post.text.includes(post.link) ? html`<p class="small muted">Link: ${post.link}</p>` : ''}
<p class="small muted">${alone ? when(post.createdAt) : html`<a href="${path}">${when(post.createdAt)}</a>`}</p>
<ul class="metrics">${o.numbers(r).map(([label, n]) => html`<li>${n.toLocaleString('en-US')} ${label}</li>`)}</ul></article>`;
}

async function timeline(world: World, c: Ctx, o: FeedPages): Promise<Response> {
  const account = await find(world, c, o);
  if (!account) return nothing(world, c.get('realm'));
  const rows = await world.db
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.accountId, account.id),
        isNull(posts.deletedAt),
        isNull(posts.replyTo),
        eq(posts.visibility, 'public'),
      ),
    )
    .orderBy(desc(posts.createdAt), desc(posts.id))
    .limit(50);
  const cards = await Promise.all(rows.map((p) => postCard(world, p, account, o, false)));
  return page(
    world,
    { title: account.name, platform: account.platform },
    html`<p class="muted">${o.handles ? `@${account.handle} · ` : ''}${account.followers.toLocaleString('en-US')} followers</p><p>${account.about}</p>
<h2>Posts</h2>${rows.length === 0 ? html`<p>Nothing is posted yet.</p>` : cards}`,
  );
}

async function onePost(world: World, c: Ctx, o: FeedPages): Promise<Response> {
  const account = await find(world, c, o);
  const [post] = account
    ? await world.db
        .select()
        .from(posts)
        .where(
          and(
            eq(posts.id, c.req.param('id') ?? ''),
            eq(posts.accountId, account.id),
            isNull(posts.deletedAt),
            ne(posts.visibility, 'hidden'),
          ),
        )
    : [];
  if (!account || !post) return nothing(world, c.get('realm'));
  return page(
    world,
    { title: `Post by ${account.name}`, platform: account.platform },
    html`${await postCard(world, post, account, o, true)}<p><a href="${world.base}/${account.platform}${o.accountPath(account)}">All posts of ${account.name}</a></p>`,
  );
}
