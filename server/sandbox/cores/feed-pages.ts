import { and, asc, desc, eq, isNull, ne } from 'drizzle-orm';
import type { Hono } from 'hono';
import type { Ctx, SandboxEnv } from '../http';
import { html, type Markup, nothing, page, when } from '../pages';
import { type Reach, simulateReach } from '../people';
import { posts } from '../schema';
import { findAccount } from '../shell/accounts';
import { mediaMarkup, mediaOf, serveMedia } from '../shell/media';
import type { Account, Listed } from '../stand-in';
import type { World } from '../world';

type Post = typeof posts.$inferSelect;

/** The public pages of a network: timelines, single posts and their pictures. */
export interface FeedPages {
  /** What the list of accounts is called, if not as the platform. */
  title?: string;
  /** Where timelines are: a path below the stand-in with `:handle`, for each kind of account that has one. */
  accounts: Partial<Record<Account['kind'], string>>;
  /** Where a post is: a path below its account's with `:id`. */
  post: string;
  /** Whether the handle is shown with an @ beside the name. */
  handles?: true;
  /** What is below a post are comments, which have no page of their own, and not replies. */
  comments?: true;
  /** What the numbers below a post are called, in order. */
  numbers: Readonly<Record<string, keyof Reach>>;
}

/** Returns the path of an account's timeline, below the stand-in. */
export const accountPath = (o: FeedPages, { kind, handle }: Account): string =>
  (o.accounts[kind] ?? '').replace(':handle', handle);

/** Returns the path of a post's page, below the stand-in. */
export const postPath = (o: FeedPages, account: Account, { id, replyTo }: Post): string =>
  `${accountPath(o, account)}${o.post.replace(':id', (o.comments && replyTo) || id)}`;

const kindsOf = (o: FeedPages) => Object.keys(o.accounts) as Account['kind'][];

/** Returns how the accounts that have a timeline are listed. */
export const feedListed = (name: string, o: FeedPages): Listed => ({
  title: o.title ?? name,
  kind: kindsOf(o),
  link: (account) => accountPath(o, account),
  line: (account, made) => `${o.handles ? `@${account.handle} · ` : ''}${postLine(account, made)}`,
});

/** The numbers of an account as its card shows them. */
const postLine: Listed['line'] = (a, made) =>
  `${made} ${made === 1 ? 'post' : 'posts'} · ${a.followers.toLocaleString('en-US')} followers`;

/** Adds the pages of a network at `base`, its path below the sandbox. */
export function feedPages(app: Hono<SandboxEnv>, world: World, base: string, o: FeedPages): void {
  app.get(
    `${base}/media/:id`,
    async (c) => (await serveMedia(world, c, c.get('realm'))) ?? nothing(world, c.get('realm')),
  );
  for (const [kind, path] of Object.entries(o.accounts)) {
    const of = (c: Ctx) =>
      findAccount(world, c.get('realm'), {
        handle: c.req.param('handle') ?? '',
        kind: kind as Account['kind'],
      });
    app.get(`${base}${path}`, async (c) => timeline(world, c, o, await of(c)));
    app.get(`${base}${path}${o.post}`, async (c) => onePost(world, c, o, await of(c)));
  }
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
  return html`${card}<section class="under" aria-label="${o.comments ? 'Comments' : 'Replies'}">${cards}</section>`;
}

async function oneCard(world: World, post: Post, account: Account, o: FeedPages, alone: boolean) {
  const { seed } = await world.settings.get();
  const r = simulateReach(post, account, await world.settings.crowdNow(), seed);
  const pictured = await mediaOf(world, [post.id]);
  const path = `${world.base}/${account.platform}${postPath(o, account, post)}`;
  return html`<article aria-label="${post.replyTo ? (o.comments ? 'Comment' : 'Reply') : 'Post'} by ${account.name}"><p class="small"><strong>${account.name}</strong>${o.handles ? html` <span class="muted">@${account.handle}</span>` : ''}</p>
${post.text ? html`<p class="text">${post.text}</p>` : ''}${mediaMarkup(world, pictured.get(post.id) ?? [])}${post.link && !post.text.includes(post.link) ? html`<p class="small muted">Link: ${post.link}</p>` : ''}
<p class="small muted">${alone ? when(post.createdAt) : html`<a href="${path}">${when(post.createdAt)}</a>`}</p>
<ul class="metrics">${Object.entries(o.numbers).map(([label, of]) => html`<li>${r[of].toLocaleString('en-US')} ${label}</li>`)}</ul></article>`;
}

async function timeline(world: World, c: Ctx, o: FeedPages, account: Account | undefined): Promise<Response> {
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

async function onePost(world: World, c: Ctx, o: FeedPages, account: Account | undefined): Promise<Response> {
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
    html`${await postCard(world, post, account, o, true)}<p><a href="${world.base}/${account.platform}${accountPath(o, account)}">All posts of ${account.name}</a></p>`,
  );
}
