import { fact } from '@/server/foundation/facts';
import { type ConnectorIo, defineConnector } from '../kit/connector';
import { concludeLookup, lookupWords } from '../kit/lookup';
import { matchText } from '../kit/match-text';
import { removal } from '../kit/refusals';
import { ConnectorFault, type Published } from '../kit/types';
import { readAddress } from './address';
import { comment, lookUpComment } from './comments';
import { readFault, readLimits } from './faults';
import { readAll } from './lists';
import { linkedinManifest, VERSION } from './manifest';
import { check, identify } from './sign-in';
import {
  engagementOf,
  hasMedia,
  isOrganization,
  postOf,
  readCommentUrn,
  readLittleText,
  statisticsPath,
  textOf,
} from './transform';
import { uploadStep } from './upload';
import { createPost, deleteComment, deletePost, findPosts, statistics } from './wire';

const platform = linkedinManifest.name;
const POST = /^urn:li:(?:share|ugcPost):\d+$/;

export const linkedin = defineConnector(linkedinManifest, {
  hooks: {
    readAddress,
    readFault,
    readLimits,
    headers: () => ({ 'linkedin-version': VERSION, 'x-restli-protocol-version': '2.0.0' }),
    identify,
    check,
    // Posts of a page are always public.
    limits: async (io) =>
      isOrganization(io.account.remoteId) ? { options: { visibility: { choices: ['PUBLIC'] } } } : null,
  },
  functions: {
    async publish(io, input) {
      const author = io.account.remoteId;
      if (input.replyTo !== undefined) return comment(io, input.replyTo, input);
      if (isOrganization(author) && (input.options?.visibility ?? 'PUBLIC') !== 'PUBLIC')
        throw new ConnectorFault('rejected', fact('platforms.linkedin.errors.pageIsPublic'));
      const { headers } = await createPost.answer(io, { json: postOf(author, input) });
      const id = headers['x-restli-id'] ?? '';
      if (!POST.test(id))
        throw new ConnectorFault(
          'unknown_outcome',
          fact('connectors.errors.nonsenseAfterEffect', { platform }),
        );
      return published(io, id);
    },

    async lookup(io, input) {
      const { remoteId: author } = io.account;
      // Only selected developers may read the posts of people (`r_member_social`).
      if (!isOrganization(author)) return { found: 'unclear', why: fact('platforms.linkedin.lookup.person') };
      if (input.replyTo !== undefined) return lookUpComment(io, input.replyTo, input);
      const read = await readAll(
        (part) =>
          findPosts(io, {
            query: { q: 'author', author, sortBy: 'CREATED', ...part },
            headers: { 'x-restli-method': 'FINDER' },
          }),
        ({ createdAt }) => createdAt !== undefined && createdAt < input.since.getTime(),
      );
      const { media } = input;
      return concludeLookup(read, {
        exclude: input.exclude,
        words: lookupWords(platform),
        published: ({ id }) => published(io, id),
        judge: (post) =>
          media?.length
            ? hasMedia(post, media)
              ? 'same'
              : 'other'
            : matchText(readLittleText(post.commentary ?? ''), textOf(input)),
      });
    },

    upload: uploadStep,

    remove: (io, { remoteId }) =>
      removal(async () => {
        const part = readCommentUrn(remoteId);
        if (part) {
          const query = { actor: io.account.remoteId };
          await deleteComment(io, { path: { urn: part.post, id: part.id }, query });
        } else await deletePost(io, { path: { urn: remoteId } });
        return true;
      }),

    /** LinkedIn reports numbers only to pages. */
    async engagement(io, { remoteIds }) {
      const { remoteId } = io.account;
      const path = isOrganization(remoteId) ? statisticsPath(remoteId, remoteIds) : null;
      if (path === null) return [];
      const { body } = await io.request(
        { operation: 'organizationalEntityShareStatistics', method: 'GET', path, effect: 'read' },
        statistics,
      );
      return engagementOf(body, remoteIds);
    },
  },
});

const published = (io: ConnectorIo, id: string): Published => ({
  remoteId: id,
  permalink: `${io.web}/feed/update/${id}`,
});
