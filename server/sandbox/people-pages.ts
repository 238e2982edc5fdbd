import { and, asc, count, eq, inArray, isNull, like, or } from 'drizzle-orm';
import type { Hono } from 'hono';
import { feedListed } from './cores/feed-pages';
import type { SandboxEnv } from './http';
import { html, type Markup, page } from './pages';
import { accounts, posts } from './schema';
import { baseOf } from './shell/servers';
import type { Listed, StandIn } from './stand-in';
import type { World } from './world';

/** Adds the overview, and a front page for each platform that lists its accounts. */
export function frontPages(app: Hono<SandboxEnv>, world: World): void {
  app.get('/', () => overview(world));
  for (const standIn of world.standIns) {
    const { id, servers } = standIn;
    const listed = listedOf(standIn);
    if (!listed) continue;
    for (const path of [`/${id}`, ...(listed.also ? [`/${id}${listed.also}`] : [])])
      app.get(path, () => frontPage(world, id, listed));
    // The server's middleware has inserted its accounts.
    if (servers) app.get(baseOf({ id, servers }), (c) => frontPage(world, c.get('realm'), listed));
  }
}

const listedOf = ({ name, listed, feed }: StandIn): Listed | undefined =>
  listed ?? (feed && feedListed(name, feed));

/** Renders the accounts of a platform, of all servers or one, as links. */
async function accountList(world: World, platform: string, { kind, link, line }: Listed): Promise<Markup> {
  const rows = await world.db
    .select({ account: accounts, made: count(posts.id) })
    .from(accounts)
    .leftJoin(posts, and(eq(posts.accountId, accounts.id), isNull(posts.deletedAt)))
    .where(
      and(
        or(eq(accounts.platform, platform), like(accounts.platform, `${platform}/%`)),
        inArray(accounts.kind, [kind].flat()),
      ),
    )
    .groupBy(accounts.id)
    .orderBy(asc(accounts.name));
  if (rows.length === 0) return html`<p>There is no account yet.</p>`;
  return html`<ul class="grid">${rows.map(({ account: a, made }) => html`<li><div class="card"><h3><a href="${world.base}/${a.platform}${link(a)}">${a.name}</a></h3><p class="muted small">${line(a, made)}</p></div></li>`)}</ul>`;
}

async function overview(world: World): Promise<Response> {
  const group = async (standIn: StandIn) => {
    const listed = listedOf(standIn);
    return listed
      ? html`<h2>${listed.title}</h2>
${await accountList(world, standIn.id, listed)}`
      : '';
  };
  const names = new Intl.ListFormat('en-GB').format(world.standIns.map(({ name }) => name));
  return page(
    world,
    { title: 'Stand-in platforms', wide: true },
    html`<p>These are stand-ins for ${names}. They keep their own state and behave as the platforms do, so that everything can be tried without an account anywhere.</p>
<p><a class="button" href="${world.base}/control">Open the control page</a></p>
${await Promise.all(world.standIns.map(group))}`,
  );
}

/** Renders a platform's front page with its accounts. */
async function frontPage(world: World, platform: string, listed: Listed): Promise<Response> {
  return page(
    world,
    { title: listed.title, platform, wide: true },
    html`<p class="muted">Choose an account to see what it has made public.</p>
<h2>Accounts</h2>${await accountList(world, platform, listed)}`,
  );
}
