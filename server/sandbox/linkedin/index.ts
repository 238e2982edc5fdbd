import { findPost } from '../cores/feed';
import { type FeedPages, postPath } from '../cores/feed-pages';
import type { Ctx } from '../http';
import { type Api, op } from '../shell/api';
import type { StandIn } from '../stand-in';
import type { World } from '../world';
import { linkedinAccounts } from './accounts';
import { LINKEDIN_PAGES, LINKEDIN_PARTNER, linkedinSignIn } from './auth';
import { linkedinError, linkedinVendor } from './errors';
import { getDocument, getVideo, initializeDocument, initializeImage, putFile, videoAction } from './media';
import { organizationAcls, organizationsLookup, userinfo } from './people';
import {
  createComment,
  createPost,
  deleteComment,
  deletePost,
  findComments,
  findPosts,
  shareId,
  shareStatistics,
} from './posts';

const DAY = 86_400;
const ADMIN = { scopes: ['rw_organization_admin'] };

/** Refuses a request without a version, or with one that is more than a year old. */
function versioned(_world: World, c: Ctx): Response | null {
  const version = c.req.header('linkedin-version');
  if (!version)
    return linkedinError(
      400,
      'VERSION_MISSING',
      'A version must be present. Please specify a version by adding the LinkedIn-Version header.',
    );
  if (c.req.header('x-restli-protocol-version') !== '2.0.0')
    return linkedinError(400, 'ILLEGAL_ARGUMENT', 'The protocol version is not supported');
  const now = c.get('now');
  const oldest = (now.getUTCFullYear() - 1) * 100 + now.getUTCMonth() + 1;
  return /^20\d{4}$/.test(version) && Number(version) >= oldest
    ? null
    : linkedinError(426, 'NONEXISTENT_VERSION', `Requested version ${version}01 is not active`);
}

const standard = { credential: { in: 'bearer' }, rate: [{ limit: 500, windowSeconds: DAY }] } as const;
const plain: Api = {
  ...standard,
  operations: [
    op('userinfo', 'GET /v2/userinfo', userinfo, { scopes: ['openid', 'profile'] }),
    // The address itself is the permission.
    op('putFile', 'PUT /dms-uploads/:id/:what{uploaded-(image|video|document)}/:part{[0-9]+}', putFile, {
      open: true,
      rate: [],
    }),
  ],
};

const COMMENTS = '/socialActions/:urn/comments';
/** The permissions depend on who an operation acts for, so most of them check them themselves. */
const rest: Api = {
  ...standard,
  at: '/rest',
  before: versioned,
  operations: [
    op('organizationAcls', 'GET /organizationAcls', organizationAcls, ADMIN),
    op('organizationsLookup', 'GET /organizationsLookup', organizationsLookup, ADMIN),
    op('createPost', 'POST /posts', createPost, { rate: [{ limit: 150, windowSeconds: DAY }] }),
    op('findPosts', 'GET /posts', findPosts),
    op('deletePost', 'DELETE /posts/:urn', deletePost),
    op('initializeImageUpload', 'POST /images', initializeImage),
    op('initializeDocumentUpload', 'POST /documents', initializeDocument),
    op('videoUploadAction', 'POST /videos', videoAction),
    op('getVideo', 'GET /videos/:urn', getVideo),
    op('getDocument', 'GET /documents/:urn', getDocument),
    op('createComment', `POST ${COMMENTS}`, createComment),
    op('findComments', `GET ${COMMENTS}`, findComments),
    op('deleteComment', `DELETE ${COMMENTS}/:id`, deleteComment),
    op('organizationalEntityShareStatistics', 'GET /organizationalEntityShareStatistics', shareStatistics),
  ],
};

const feed: FeedPages = {
  accounts: { person: '/in/:handle', organization: '/company/:handle' },
  post: '/posts/:id',
  comments: true,
  numbers: { reactions: 'likes', comments: 'replies', reposts: 'reposts', impressions: 'impressions' },
};

/** The stand-in for LinkedIn: its versioned API for posts of people and of their pages, with OAuth 2.0. */
export const linkedin: StandIn = {
  id: 'linkedin',
  name: 'LinkedIn',
  accent: { light: '#0a66c2', dark: '#70b5f9', onDark: '#06264a' },
  vendor: linkedinVendor,
  signIn: linkedinSignIn,
  accounts: linkedinAccounts,
  switches: [
    {
      key: LINKEDIN_PARTNER,
      initial: true,
      button: { on: 'Let LinkedIn issue no refresh tokens', off: 'Let LinkedIn issue refresh tokens' },
    },
    {
      key: LINKEDIN_PAGES,
      initial: true,
      button: { on: 'Take the app’s access to pages', off: 'Give the app access to pages' },
    },
  ],
  feed,
  apis: [plain, rest],
  // The address that posts have.
  aliases: {
    '/feed/update/:urn': async ({ urn }, world) => {
      const found = await findPost(world, 'linkedin', shareId(urn));
      return found ? postPath(feed, found.account, found.post) : null;
    },
  },
};
