import { counted } from '../kit/engagement';
import { composeFollowing } from '../kit/parts';
import { composeWith, findUrls } from '../kit/text';
import type { Engagement, PublishInput } from '../kit/types';
import { linkedinFace } from './face';
import type { Comment, Post, Statistics } from './wire';

/** Whether an account is a company page, which has permissions that people do not have. */
export const isOrganization = (urn: string): boolean => urn.startsWith('urn:li:organization:');

/** Characters with a meaning in LinkedIn's format of texts, and the sign of a hashtag. */
const RESERVED = /[\\|{}@[\]()<>#*_~]/g;
/** The sign of a hashtag that is one: a word follows, and none is before it. It stays as it is. */
const HASHTAG = /(?<![\p{L}\p{N}\p{M}_/&=?#])#(?=[\p{L}\p{N}])/gu;

/** Writes a text in LinkedIn's "little text format", in which only hashtags outside of links have a meaning. */
export function littleText(text: string): string {
  const links = findUrls(text);
  const tags = new Set(
    [...text.matchAll(HASHTAG)]
      .map((match) => match.index)
      .filter((at) => !links.some(({ start, end }) => start <= at && at < end)),
  );
  return text.replace(RESERVED, (char, at: number) => (tags.has(at) ? char : `\\${char}`));
}

const MARKUP = /\\(.)|\{hashtag\|\\?[#＃]\|((?:\\.|[^}\\])*)\}|@\[((?:\\.|[^\]\\])*)\]\([^)]*\)/gsu;
/** Reads a text in LinkedIn's format as people see it. */
export const readLittleText = (text: string): string =>
  text.replace(MARKUP, (_, char?: string, tag?: string, name?: string) => {
    if (char !== undefined) return char;
    return tag === undefined ? readLittleText(name ?? '') : `#${readLittleText(tag)}`;
  });

export const textOf = (input: Pick<PublishInput, 'text' | 'link'>): string =>
  composeWith(linkedinFace.post.text, input.text, input.link);

/** Builds the request for a post. */
export function postOf(author: string, input: PublishInput): object {
  const { visibility = 'PUBLIC', reshare = true } = input.options ?? {};
  const content = contentOf(input.media ?? []);
  return {
    author,
    commentary: littleText(textOf(input)),
    visibility,
    distribution: { feedDistribution: 'MAIN_FEED', targetEntities: [], thirdPartyDistributionChannels: [] },
    ...(content ? { content } : {}),
    lifecycleState: 'PUBLISHED',
    isReshareDisabledByAuthor: reshare === false,
  };
}

function contentOf(media: NonNullable<PublishInput['media']>): object | null {
  const [first] = media;
  if (!first) return null;
  if (media.length > 1)
    return {
      multiImage: {
        images: media.map(({ remoteId, alt }) => ({ id: remoteId, ...(alt ? { altText: alt } : {}) })),
      },
    };
  const { remoteId: id, kind, alt } = first;
  return { media: { id, ...(alt ? { [kind === 'document' ? 'title' : 'altText']: alt } : {}) } };
}

/** Whether a post has one of these uploads, which belong to one post alone. */
export const hasMedia = ({ content }: Post, media: readonly { readonly remoteId: string }[]): boolean =>
  [content?.media, ...(content?.multiImage?.images ?? [])].some((one) =>
    media.some(({ remoteId }) => remoteId === one?.id),
  );

const COMMENT = /^urn:li:comment:\((?:urn:li:)?(\w+:\d+),(\d+)\)$/;
/** Splits the URN of a comment, long or short (`activity:1`), into those of its post and its own id; null if it is another URN. */
export function readCommentUrn(urn: string): { post: string; id: string } | null {
  const [, post, id] = COMMENT.exec(urn) ?? [];
  return post && id ? { post: `urn:li:${post}`, id } : null;
}

export const commentUrn = (post: string, { commentUrn, id }: Pick<Comment, 'commentUrn' | 'id'>): string =>
  commentUrn && readCommentUrn(commentUrn) ? commentUrn : `urn:li:comment:(${post},${id})`;

/** Composes a comment, which is plain text. */
export const commentText = (input: Pick<PublishInput, 'text' | 'link'>): string =>
  composeFollowing(input.text, input.link);

/** Writes a list as LinkedIn expects it in a query: its signs as they are, what it contains encoded. */
const listOf = (urns: readonly string[]): string => `List(${urns.map(encodeURIComponent).join(',')})`;

export const organizationsPath = (ids: readonly string[]): string =>
  `/rest/organizationsLookup?ids=${listOf(ids)}`;

/** Returns where the statistics of a page's posts are, or null if none of these is a post. */
export function statisticsPath(organization: string, urns: readonly string[]): string | null {
  const of = (kind: string) => urns.filter((urn) => urn.startsWith(`urn:li:${kind}:`));
  const lists = [
    ['shares', of('share')],
    ['ugcPosts', of('ugcPost')],
  ] as const;
  const given = lists.filter(([, ids]) => ids.length > 0).map(([name, ids]) => `&${name}=${listOf(ids)}`);
  if (given.length === 0) return null;
  const page = encodeURIComponent(organization);
  return `/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity=${page}${given.join('')}`;
}

/** Reads the engagement of posts. One that LinkedIn does not list is omitted, because it does not say why. */
export const engagementOf = ({ elements }: Statistics, asked: readonly string[]): Engagement[] =>
  elements.flatMap(({ share, ugcPost, totalShareStatistics: n }) => {
    const remoteId = share ?? ugcPost;
    if (!remoteId || !asked.includes(remoteId)) return [];
    const { likeCount: likes, commentCount: replies, shareCount: reposts, impressionCount: views } = n ?? {};
    return counted(remoteId, { likes, replies, reposts, views });
  });
