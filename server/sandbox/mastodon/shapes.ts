import { countPosts, findPost, type Post, seen } from '../cores/feed';
import type { Ctx } from '../http';
import type { MediaRow } from '../shell/media';
import { hostOf } from '../shell/servers';
import { shapesOf } from '../shell/shape';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { mastodonAccounts } from './accounts';
import skeletons from './skeletons.json';
import { entitiesOf, htmlOf } from './text';

export const shape = shapesOf(skeletons);

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

/** Returns the fields of an account, which the one of the caller has as well. */
export async function accountFields(world: World, c: Ctx, account: Account) {
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
    indexable: true,
    created_at: account.createdAt.toISOString(),
    followers_count: account.followers,
    following_count: 180,
    statuses_count: await countPosts(world, account.id),
  };
}

const TYPES = { image: 'image', gif: 'gifv', video: 'video', document: 'unknown' };

/** `ready`: the file is processed, so that it has an address. */
export function mediaShape(world: World, row: MediaRow, ready: boolean) {
  const address = ready ? `${world.publicUrl}/${row.platform}/media/${row.id}` : null;
  return shape('MediaAttachment', {
    id: row.id,
    type: TYPES[row.kind],
    url: address,
    preview_url: address,
    meta: {},
    description: row.altText || null,
  });
}

const pollOf = (id: string, { options, multiple, expiresAt }: NonNullable<Extra['poll']>, now: Date) => ({
  id,
  expires_at: expiresAt,
  expired: new Date(expiresAt) <= now,
  multiple,
  voters_count: multiple ? 0 : null,
  options: options.map((title) => ({ title, votes_count: 0 })),
});

/** Returns posts as Mastodon shows them, in the same order. */
export async function statusShapes(
  world: World,
  c: Ctx,
  rows: readonly { post: Post; account: Account }[],
): Promise<Record<string, unknown>[]> {
  const site = siteOf(world, c);
  const names = new Set(mastodonAccounts(hostOf(c.get('realm'))).map(({ handle }) => handle));
  const find = async (id: string | null | undefined) =>
    id ? await findPost(world, c.get('realm'), id) : undefined;
  const shown = (await seen(world, c, rows)).map(async ({ post, account, media, reach }) => {
    const { reblogOf, poll, ...extra } = extraOf(post);
    const original = await find(reblogOf);
    const uri = `${site}/users/${account.handle}/statuses/${post.id}`;
    const entities = entitiesOf(post.text);
    return shape('Status', {
      id: post.id,
      created_at: post.createdAt.toISOString(),
      in_reply_to_id: post.replyTo,
      in_reply_to_account_id: (await find(post.replyTo))?.account.id,
      sensitive: extra.sensitive,
      spoiler_text: extra.spoiler,
      visibility: extra.visibility,
      language: extra.language,
      uri: reblogOf ? `${uri}/activity` : uri,
      url: reblogOf ? null : `${site}/@${account.handle}/${post.id}`,
      replies_count: reach.replies,
      reblogs_count: reach.reposts,
      favourites_count: reach.likes,
      content: htmlOf(post.text, site, (name) => names.has(name)),
      reblog: original && (await statusShapes(world, c, [original]))[0],
      application: { name: 'Tributary', website: null },
      account: await accountFields(world, c, account),
      media_attachments: media.map((row) => mediaShape(world, row, true)),
      mentions: entities.flatMap((one) => {
        if (one.is !== 'mention' || !names.has(one.name)) return [];
        const acct = one.host ? `${one.name}@${one.host}` : one.name;
        return [{ id: post.accountId, username: one.name, acct, url: `${site}/@${one.name}` }];
      }),
      tags: entities.flatMap((one) =>
        one.is === 'hashtag' ? [{ name: one.tag, url: `${site}/tags/${encodeURIComponent(one.tag)}` }] : [],
      ),
      poll: poll && pollOf(post.id, poll, c.get('now')),
    });
  });
  return Promise.all(shown);
}
