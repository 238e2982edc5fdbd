import type { z } from 'zod';
import { fact } from '@/server/foundation/facts';
import {
  type ConnectorIo,
  defineConnector,
  type Query,
  type RemoteIdentity,
  type RequestSpec,
} from '../kit/connector';
import { allOf, type Pages, partOf, readPages } from '../kit/paging';
import { composeFollowing } from '../kit/parts';
import { composeWith } from '../kit/text';
import {
  ConnectorFault,
  type Engagement,
  isConnectorFault,
  type LookupInput,
  type LookupOutput,
  type Published,
  type PublishInput,
} from '../kit/types';
import { usageLimits } from '../meta/usage-headers';
import { readAddress } from './address';
import { facebookManifest, GRAPH } from './manifest';
import { exchange } from './sign-in';
import {
  engagementOf,
  hasOurPhotos,
  isForbidden,
  isGone,
  type Match,
  matchPost,
  matchText,
  readGraphFault,
} from './transform';
import { uploadStep } from './upload';
import { lookUpVideo, postOf, publishVideo } from './videos';
import {
  accounts,
  type Comment,
  comments,
  created,
  ended,
  object,
  type Post,
  posts,
  removed,
  results,
} from './wire';

/** Pages of a look-up, which reads what was posted since an attempt. */
const MAX_PAGES = 8;
const platform = facebookManifest.name;
/** Pages of a list of accounts: 20,000 of them, far more than anyone manages. */
const MAX_ACCOUNT_PAGES = 200;

export const facebook = defineConnector(facebookManifest, {
  hooks: {
    readAddress,
    readLimits: usageLimits,
    readFault: readGraphFault,
    exchange,
    // A Page's token cannot request the user's list of Pages.
    async check(io) {
      const { body } = await io.request(
        {
          operation: 'fbObject',
          method: 'GET',
          path: `/${GRAPH}/${encodeURIComponent(io.account.remoteId)}`,
          query: { fields: 'id,name' },
          effect: 'read',
        },
        object,
      );
      return { name: body.name ?? '' };
    },
    async person(io) {
      const { body } = await io.request(
        {
          operation: 'fbObject',
          method: 'GET',
          path: `/${GRAPH}/me`,
          query: { fields: 'id' },
          effect: 'read',
        },
        object,
      );
      return body.id;
    },
    endAccess: {
      appToken: ({ clientId, clientSecret }) => `${clientId}|${clientSecret}`,
      async end(io, person) {
        await io.request(
          {
            operation: 'fbEndAccess',
            method: 'DELETE',
            path: `/${GRAPH}/${encodeURIComponent(person)}/permissions`,
            effect: 'idempotent',
          },
          ended,
        );
      },
    },
    async identify(io) {
      const read = await readList(
        io,
        accounts,
        {
          operation: 'fbPages',
          path: `/${GRAPH}/me/accounts`,
          query: { fields: 'id,name,access_token,tasks,link' },
        },
        MAX_ACCOUNT_PAGES,
      );
      const listed = allOf(read, fact('connectors.errors.listCutOff', { platform: facebookManifest.name }));
      // A Page may move to another page of the list while it is read.
      const items = [...new Map(listed.map((page) => [page.id, page])).values()];
      const usable = items.filter(
        (page) => page.access_token && (!page.tasks || page.tasks.includes('CREATE_CONTENT')),
      );
      if (usable.length === 0)
        throw items.length === 0
          ? new ConnectorFault('rejected', fact('platforms.facebook.errors.noPage'), {
              vendorCode: 'no_account',
            })
          : new ConnectorFault('rejected', fact('platforms.facebook.errors.noPermissionToPost'), {
              vendorCode: 'no_permission',
            });
      return usable.map(
        (page): RemoteIdentity => ({
          remoteId: page.id,
          name: page.name,
          url: page.link ?? `${io.web}/${page.id}`,
          remote: {},
          ...(page.access_token ? { accessToken: page.access_token } : {}),
        }),
      );
    },
  },
  functions: {
    async publish(io, input) {
      if (input.replyTo) return comment(io, input.replyTo, input);
      const [first] = input.media ?? [];
      if (first && first.kind !== 'picture') return publishVideo(io, first.remoteId, input);
      const { body } = await io.request(
        {
          operation: 'fbFeed',
          method: 'POST',
          path: `/${GRAPH}/${encodeURIComponent(io.account.remoteId)}/feed`,
          json: input.media?.length
            ? {
                // A post with photos has no link field, so the link goes into the text.
                message: composeFollowing(input.text, input.link),
                attached_media: input.media.map((m) => ({ media_fbid: m.remoteId })),
                published: true,
              }
            : {
                message: composeWith(facebookManifest.post.text, input.text),
                ...(input.link ? { link: input.link } : {}),
                published: true,
              },
          effect: 'effect',
        },
        created,
      );
      return { remoteId: body.id, permalink: await permalink(io, body.id) };
    },

    async lookup(io, input) {
      if (input.replyTo) return lookUpComment(io, input.replyTo, input);
      const [first] = input.media ?? [];
      if (first && first.kind !== 'picture') return lookUpVideo(io, first.remoteId);
      const photos = (input.media ?? []).map((m) => m.remoteId);
      const read = await readList(io, posts, {
        operation: 'fbPublishedPosts',
        path: `/${GRAPH}/${encodeURIComponent(io.account.remoteId)}/published_posts`,
        query: {
          fields:
            'id,message,created_time,permalink_url,attachments{unshimmed_url,url,target,subattachments{target}}',
          since: Math.floor(input.since.getTime() / 1000),
        },
      });
      const sent = composeWith(facebookManifest.post.text, input.text);
      const fresh = partOf(read).filter((post) => !input.exclude.includes(post.id));
      const match = (post: Post): Match | 'linkless' => {
        if (photos.length === 0) return matchPost(post, sent, input.link);
        return hasOurPhotos(post, photos) ? 'same' : 'other';
      };
      const ours = fresh.filter((post) => match(post) === 'same').pop();
      if (ours)
        return {
          found: 'yes',
          post: { remoteId: ours.id, permalink: ours.permalink_url ?? `${io.web}/${ours.id}` },
        };
      if (
        photos.length > 0 &&
        fresh.some((post) => lacksAttachments(post, composeFollowing(input.text, input.link)))
      )
        return {
          found: 'unclear',
          why: fact('platforms.facebook.lookup.noPhotos'),
        };
      if (fresh.some((post) => match(post) === 'linkless'))
        return { found: 'unclear', why: fact('platforms.facebook.lookup.noLink') };
      if (fresh.some((post) => match(post) === 'similar'))
        return { found: 'unclear', why: fact('connectors.lookup.similar', { platform }) };
      return read.complete
        ? { found: 'absent' }
        : { found: 'unclear', why: fact('connectors.lookup.notAll', { platform }) };
    },

    upload: uploadStep,

    async remove(io, input) {
      try {
        const { body } = await io.request(
          {
            operation: 'fbDelete',
            method: 'DELETE',
            path: `/${GRAPH}/${encodeURIComponent(input.remoteId)}`,
            effect: 'idempotent',
          },
          removed,
        );
        return { removed: body.success };
      } catch (error) {
        // A 404 without Facebook's own error code says nothing about the post, because a proxy may have sent it.
        if (isConnectorFault(error) && isGone(error.options.vendorCode)) return { removed: false };
        throw error;
      }
    },

    async engagement(io, input) {
      const { remoteIds } = input;
      const posts: { asked: string; post: string }[] = [];
      const said: Engagement[] = [];
      for (const asked of remoteIds) {
        const post = asked.includes('_') ? asked : await postOf(io, asked);
        if (post === 'gone') said.push(goneAt(asked));
        else if (post) posts.push({ asked, post });
      }
      const read = await readResults(io, [...new Set(posts.map((p) => p.post))]);
      for (const { asked, post } of posts)
        said.push(...read.filter((e) => e.remoteId === post).map((e) => ({ ...e, remoteId: asked })));
      // "It does not exist, or you may not see it": if this applies to every post of a list, the permission is missing.
      if (remoteIds.length > 1 && remoteIds.every((id) => said.some((e) => e.remoteId === id && e.gone)))
        throw new ConnectorFault('rejected', fact('platforms.facebook.errors.noneShown'));
      return said;
    },
  },
});

/**
 * Reads engagement in one request. Facebook refuses a whole list if one post is gone, so the list is halved until that post is isolated and
 * the others are read.
 */
async function readResults(io: ConnectorIo, ids: readonly string[]): Promise<Engagement[]> {
  if (ids.length === 0) return [];
  try {
    const { body } = await io.request(
      {
        operation: 'fbPosts',
        method: 'GET',
        path: `/${GRAPH}/`,
        query: {
          ids: ids.join(','),
          fields: 'id,reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count),shares',
        },
        effect: 'read',
      },
      results,
    );
    return ids.flatMap((id) => {
      const post = body[id];
      return post ? [engagementOf(id, post)] : [];
    });
  } catch (error) {
    // A 404 without Facebook's own error code says nothing about the post, because a proxy may have sent it.
    if (!isConnectorFault(error) || !isGone(error.options.vendorCode)) throw error;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) return [goneAt(only)];
    const half = Math.ceil(ids.length / 2);
    return [...(await readResults(io, ids.slice(0, half))), ...(await readResults(io, ids.slice(half)))];
  }
}

const goneAt = (remoteId: string): Engagement => ({
  remoteId,
  gone: true,
  likes: null,
  replies: null,
  reposts: null,
  views: null,
});

/** Whether a post has our text but Facebook reports no attachments for it. */
const lacksAttachments = (post: Post, sent: string): boolean =>
  !post.attachments?.data?.length && matchText(post.message ?? '', sent) !== 'other';

/**
 * Adds a comment as the Page itself. Comments have no link field, so the link goes into the text. Commenting needs a permission of its own,
 * which Pages connected earlier may not have granted; then only the comment is refused, not the post.
 */
async function comment(io: ConnectorIo, postId: string, input: PublishInput): Promise<Published> {
  try {
    const { body } = await io.request(
      {
        operation: 'fbComment',
        method: 'POST',
        path: `/${GRAPH}/${encodeURIComponent(postId)}/comments`,
        json: { message: composeFollowing(input.text, input.link) },
        effect: 'effect',
      },
      created,
    );
    return { remoteId: body.id, permalink: await permalink(io, body.id) };
  } catch (error) {
    if (!isConnectorFault(error) || !isForbidden(error.options.vendorCode)) throw error;
    throw new ConnectorFault('rejected', fact('platforms.facebook.errors.noComments'), {
      ...error.options,
      cause: error,
    });
  }
}

/** Reads a list to its end or to the page limit. In the latter case it is not `complete`. */
function readList<T>(
  io: ConnectorIo,
  schema: z.ZodType<{ data: T[]; paging?: z.output<typeof accounts>['paging'] }>,
  ask: Required<Pick<RequestSpec, 'operation' | 'path' | 'query'>>,
  maxPages = MAX_PAGES,
): Promise<Pages<T>> {
  return readPages<T, Query>(
    {},
    async (at) => {
      const { body } = await io.request(
        { ...ask, method: 'GET', query: { ...ask.query, limit: 100, ...at }, effect: 'read' },
        schema,
      );
      return { items: body.data, next: nextPage(body.paging) };
    },
    maxPages,
  );
}

/** Parameters of a list's next page, whichever way the list is paged. */
const POSITION = ['after', 'offset', 'until', '__paging_token', 'page'];
/**
 * Returns where the next page begins, or null after the last page. There is one if, and only if, `next` has its address. Its position is the
 * cursor, or is in that address if the list is paged by time or by offset:
 * https://developers.facebook.com/docs/graph-api/results
 */
function nextPage(paging: z.output<typeof accounts>['paging']): Query | null {
  if (!paging?.next) return null;
  const after = paging.cursors?.after;
  if (after) return { after };
  const asked = URL.canParse(paging.next) ? new URL(paging.next).searchParams : new URLSearchParams();
  // Without a position this asks for the same page again, which ends the reading as incomplete.
  return Object.fromEntries([...asked].filter(([name]) => POSITION.includes(name)));
}

async function lookUpComment(io: ConnectorIo, postId: string, input: LookupInput): Promise<LookupOutput> {
  const read = await readList(io, comments, {
    operation: 'fbComments',
    path: `/${GRAPH}/${encodeURIComponent(postId)}/comments`,
    query: {
      fields: 'id,message,created_time,permalink_url,from{id}',
      filter: 'stream',
      order: 'reverse_chronological',
      since: Math.floor(input.since.getTime() / 1000),
    },
  });
  const sent = composeFollowing(input.text, input.link);
  const fresh = partOf(read).filter((one) => !input.exclude.includes(one.id));
  const same = fresh.filter((one) => matchText(one.message ?? '', sent) === 'same');
  const ours = same.filter((one) => one.from?.id === io.account.remoteId).pop();
  if (ours)
    return {
      found: 'yes',
      post: { remoteId: ours.id, permalink: ours.permalink_url ?? `${io.web}/${ours.id}` },
    };
  if (same.some((one) => !one.from))
    return {
      found: 'unclear',
      why: fact('platforms.facebook.lookup.nobodysComment'),
    };
  const isSimilar = (one: Comment) =>
    (!one.from || one.from.id === io.account.remoteId) && matchText(one.message ?? '', sent) === 'similar';
  if (fresh.some(isSimilar))
    return { found: 'unclear', why: fact('platforms.facebook.lookup.similarComment') };
  return read.complete
    ? { found: 'absent' }
    : { found: 'unclear', why: fact('platforms.facebook.lookup.notAllComments') };
}

/** Requests the permalink of a new post. If Facebook does not return one, falls back to an address that Facebook redirects. */
async function permalink(io: ConnectorIo, id: string): Promise<string> {
  try {
    const { body } = await io.request(
      {
        operation: 'fbObject',
        method: 'GET',
        path: `/${GRAPH}/${encodeURIComponent(id)}`,
        query: { fields: 'id,permalink_url' },
        effect: 'read',
        timeoutMs: 5_000,
      },
      object,
    );
    if (body.permalink_url) return body.permalink_url;
  } catch {
    // The post is published, so a missing permalink is not a failure.
  }
  return `${io.web}/${id}`;
}
