import { createHmac, randomInt } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { safeEqual } from '@/server/foundation/crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { truncateText } from '@/server/foundation/storable';
import { type Act, NotThere } from '../control/act';
import { findPost, removePost } from '../cores/feed';
import { queueWebhook } from '../cores/webhooks';
import { type Ctx, json, str, unix } from '../http';
import { html, type Markup } from '../pages';
import { accounts, posts } from '../schema';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { actingPage } from './acting-page';
import { graphError, missing } from './errors';
import { fieldsOf } from './fields';
import { facebookSubscriptions } from './tables';

const listOf = (given: unknown): string[] =>
  (Array.isArray(given) ? given.map(String) : (str(given) ?? '').split(',')).filter(Boolean);

/** Whether a request carries the app's own token, and is about that app. */
function appOf(c: Ctx): string | Response {
  const token =
    c.req.query('access_token') ?? /^(?:Bearer|OAuth) (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const { clientId, clientSecret } = sandboxClient('facebook');
  if (!token || !safeEqual(token, `${clientId}|${clientSecret}`))
    return graphError(400, 15, '(#15) This method must be called with an app access_token.');
  return c.req.param('app') === clientId ? clientId : missing(c.req.param('app') ?? '');
}

/** `GET /{app-id}/subscriptions` */
export async function listSubscriptions(world: World, c: Ctx): Promise<Response> {
  const app = appOf(c);
  if (app instanceof Response) return app;
  const rows = await world.db.select().from(facebookSubscriptions);
  return json({
    data: rows.map(({ object, callbackUrl, fields }) => ({
      object,
      callback_url: callbackUrl,
      active: true,
      fields: fields.map((name) => ({ name, version: c.req.param('version') })),
    })),
  });
}

/** `POST /{app-id}/subscriptions`: asks the address to repeat a number before it is used. */
export async function subscribeApp(world: World, c: Ctx): Promise<Response> {
  const app = appOf(c);
  if (app instanceof Response) return app;
  const given = await fieldsOf(c);
  const object = str(given.object) ?? '';
  const callbackUrl = str(given.callback_url) ?? '';
  const fields = listOf(given.fields);
  if (object === '' || !URL.canParse(callbackUrl) || fields.length === 0)
    return graphError(400, 100, '(#100) object, callback_url and fields are required');
  const challenge = String(randomInt(1_000_000_000));
  const asked = new URL(callbackUrl);
  asked.searchParams.set('hub.mode', 'subscribe');
  asked.searchParams.set('hub.challenge', challenge);
  asked.searchParams.set('hub.verify_token', str(given.verify_token) ?? '');
  const inside = asked.href.startsWith(`${world.appUrl}/`)
    ? `${world.internalAppUrl}${asked.href.slice(world.appUrl.length)}`
    : asked.href;
  const repeated = await world
    .fetch(inside, { redirect: 'manual', signal: AbortSignal.timeout(10_000) })
    .then(async (answer) => (answer.ok ? await answer.text() : null))
    .catch(() => null);
  if (repeated !== challenge)
    return graphError(400, 2200, '(#2200) Callback verification failed with the following errors: mismatch');
  const values = { callbackUrl, fields, createdAt: c.get('now') };
  await world.db
    .insert(facebookSubscriptions)
    .values({ object, ...values })
    .onConflictDoUpdate({ target: facebookSubscriptions.object, set: values });
  return json({ success: true });
}

/** `POST` and `DELETE /{page-id}/subscribed_apps`: lets the app be told about this Page. */
export const subscribePage = (on: boolean) => async (world: World, c: Ctx) => {
  const page = actingPage(c, 'pages_manage_metadata');
  if (page instanceof Response) return page;
  const subscribed = on ? listOf((await fieldsOf(c)).subscribed_fields) : [];
  if (on && subscribed.length === 0) return graphError(400, 100, '(#100) subscribed_fields is required');
  await world.db
    .update(accounts)
    .set({ fields: { ...page.fields, subscribed } })
    .where(eq(accounts.id, page.id));
  return json({ success: true });
};

/** Tells the app about a change of a Page's feed, signed with the app's secret. */
export async function tellFeed(world: World, page: Account, value: Record<string, unknown>): Promise<void> {
  const [own] = await world.db.select().from(accounts).where(eq(accounts.id, page.id));
  if (!listOf(own?.fields.subscribed).includes('feed')) return;
  const [subscription] = await world.db
    .select()
    .from(facebookSubscriptions)
    .where(eq(facebookSubscriptions.object, 'page'));
  if (!subscription?.fields.includes('feed')) return;
  const time = unix(world.clock.now());
  const change = {
    field: 'feed',
    value: { from: { id: page.id, name: page.name }, created_time: time, ...value },
  };
  // The platform escapes what is not ASCII, and signs the result.
  const body = JSON.stringify({ object: 'page', entry: [{ id: page.id, time, changes: [change] }] }).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const mac = createHmac('sha256', sandboxClient('facebook').clientSecret).update(body).digest('hex');
  await queueWebhook(world, {
    platform: 'facebook',
    address: subscription.callbackUrl,
    proof: { name: 'X-Hub-Signature-256', value: `sha256=${mac}` },
    body,
  });
  world.later();
}

/** Renders what people do with the posts of Pages. */
export async function facebookSection(world: World, action: (path: string) => string): Promise<Markup> {
  const rows = await world.db
    .select({ id: posts.id, text: posts.text })
    .from(posts)
    .where(eq(posts.platform, 'facebook'))
    .limit(50);
  if (rows.length === 0) return html``;
  return html`<h2>Facebook</h2>
<form method="post" action="${action('/facebook/happens')}"><div class="row"><div><label for="fb-post">Post</label><select id="fb-post" name="post">${rows.map(({ id, text }) => html`<option value="${id}">${truncateText(text, 60) || id}</option>`)}</select></div>
<button class="plain" name="what" value="reaction">Somebody reacts</button><button class="danger" name="what" value="removed">Remove it on Facebook</button></div></form>`;
}

export function facebookActions(act: Act, world: World): void {
  act(
    'POST',
    '/facebook/happens',
    z.object({ post: z.string(), what: z.enum(['reaction', 'removed']) }),
    async ({ post, what }) => {
      const row = await findPost(world, 'facebook', post);
      if (!row) throw new NotThere('There is no such post.');
      if (what === 'removed') await removePost(world, post, world.clock.now());
      const value =
        what === 'removed'
          ? { item: 'status', verb: 'remove', post_id: post }
          : { item: 'reaction', verb: 'add', post_id: post, reaction_type: 'like' };
      await tellFeed(world, row.account, value);
      return {};
    },
  );
}
