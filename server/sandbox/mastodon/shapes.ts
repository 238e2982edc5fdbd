import { countPosts, findPost, numbersOf, type Post } from '../cores/feed';
import type { Ctx } from '../http';
import { type MediaRow, mediaOf } from '../shell/media';
import { hostOf } from '../shell/servers';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { mastodonAccounts } from './accounts';
import { entitiesOf, htmlOf } from './text';

/** What only Mastodon knows of a post. */
export interface Extra extends Record<string, unknown> {
  visibility: string;
  spoiler: string;
  sensitive: boolean;
  language: string | null;
  poll: { options: string[]; multiple: boolean; expiresAt: string } | null;
  /** Id of the post that this one reblogs. */
  reblogOf?: string;
}
export const extraOf = (post: Post): Extra => post.fields as Extra;

export const siteOf = (world: World, c: Ctx): string => `${world.publicUrl}/${c.get('realm')}`;

export async function accountShape(world: World, c: Ctx, account: Account) {
  const site = siteOf(world, c);
  const picture = `${site}/avatars/missing.png`;
  return {
    id: account.id,
    username: account.handle,
    acct: account.handle,
    display_name: account.name,
    url: `${site}/@${account.handle}`,
    uri: `${site}/users/${account.handle}`,
    note: htmlOf(account.about, site, () => false),
    avatar: picture,
    avatar_static: picture,
    header: picture,
    header_static: picture,
    bot: false,
    group: false,
    locked: false,
    indexable: true,
    created_at: account.createdAt.toISOString(),
    followers_count: account.followers,
    following_count: 180,
    statuses_count: await countPosts(world, account.id),
    last_status_at: null,
    emojis: [],
    fields: [],
  };
}

const TYPES: Record<MediaRow['kind'], string> = {
  image: 'image',
  gif: 'gifv',
  video: 'video',
  document: 'unknown',
};

/** `ready`: the file is processed, so that it has an address. */
export const mediaShape = (world: World, row: MediaRow, ready: boolean) => {
  const address = `${world.publicUrl}/${row.platform}/media/${row.id}`;
  return {
    id: row.id,
    type: TYPES[row.kind],
    url: ready ? address : null,
    preview_url: ready ? address : null,
    remote_url: null,
    meta: {},
    description: row.altText || null,
    blurhash: null,
  };
};

function pollShape(id: string, { options, multiple, expiresAt }: NonNullable<Extra['poll']>, now: Date) {
  return {
    id,
    expires_at: expiresAt,
    expired: new Date(expiresAt) <= now,
    multiple,
    votes_count: 0,
    voters_count: multiple ? 0 : null,
    options: options.map((title) => ({ title, votes_count: 0 })),
    emojis: [],
  };
}

export async function statusShapes(
  world: World,
  c: Ctx,
  rows: readonly { post: Post; account: Account }[],
): Promise<Record<string, unknown>[]> {
  const site = siteOf(world, c);
  const names = new Set(mastodonAccounts(hostOf(c.get('realm'))).map(({ handle }) => handle));
  const pictured = await mediaOf(
    world,
    rows.map(({ post }) => post.id),
  );
  const shape = async ({ post, account }: { post: Post; account: Account }) => {
    const extra = extraOf(post);
    const numbers = (await numbersOf(world, c, [post], account)).get(post.id);
    const original = extra.reblogOf ? await findPost(world, c.get('realm'), extra.reblogOf) : undefined;
    const [reblog = null] = original ? await statusShapes(world, c, [original]) : [];
    const above = post.replyTo ? await findPost(world, c.get('realm'), post.replyTo) : undefined;
    const uri = `${site}/users/${account.handle}/statuses/${post.id}`;
    return {
      id: post.id,
      created_at: post.createdAt.toISOString(),
      edited_at: null,
      in_reply_to_id: post.replyTo,
      in_reply_to_account_id: above?.account.id ?? null,
      sensitive: extra.sensitive,
      spoiler_text: extra.spoiler,
      visibility: extra.visibility,
      language: extra.language,
      uri: extra.reblogOf ? `${uri}/activity` : uri,
      url: extra.reblogOf ? null : `${site}/@${account.handle}/${post.id}`,
      replies_count: numbers?.replies ?? 0,
      reblogs_count: numbers?.reposts ?? 0,
      favourites_count: numbers?.likes ?? 0,
      content: htmlOf(post.text, site, (name) => names.has(name)),
      reblog,
      application: { name: 'Tributary', website: null },
      account: await accountShape(world, c, account),
      media_attachments: (pictured.get(post.id) ?? []).map((row) => mediaShape(world, row, true)),
      mentions: entitiesOf(post.text).flatMap((one) =>
        one.is === 'mention' && names.has(one.name)
          ? [
              {
                id: post.accountId,
                username: one.name,
                acct: one.host ? `${one.name}@${one.host}` : one.name,
                url: `${site}/@${one.name}`,
              },
            ]
          : [],
      ),
      tags: entitiesOf(post.text).flatMap((one) =>
        one.is === 'hashtag' ? [{ name: one.tag, url: `${site}/tags/${encodeURIComponent(one.tag)}` }] : [],
      ),
      emojis: [],
      card: null,
      poll: extra.poll ? pollShape(post.id, extra.poll, c.get('now')) : null,
    };
  };
  return Promise.all(rows.map(shape));
}
