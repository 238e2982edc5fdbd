import type { Ctx } from '../http';
import type { Api } from '../shell/api';
import type { World } from '../world';
import { revoke } from './auth';
import { linkedinError } from './errors';
import { begin, getMedia, putFile, videoAction } from './media';
import { organizationAcls, organizationsLookup, userinfo } from './people';
import {
  createComment,
  createPost,
  deleteComment,
  deletePost,
  findComments,
  findPosts,
  shareStatistics,
} from './posts';

const DAY = 86_400;
const credential = { in: 'bearer' } as const;
const rate = [{ limit: 500, windowSeconds: DAY }];

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

const COMMENTS = '/socialActions/:urn/comments';

export const linkedinApis: readonly Api[] = [
  {
    credential: [],
    rate: [],
    operations: [
      { operation: 'revoke', method: 'POST', path: '/oauth/v2/revoke', open: true, handle: revoke },
      // The address itself is the permission.
      {
        operation: 'putFile',
        method: 'PUT',
        path: '/dms-uploads/:id/:what{uploaded-(image|video|document)}/:part{[0-9]+}',
        open: true,
        handle: putFile,
      },
    ],
  },
  {
    credential,
    rate,
    operations: [
      {
        operation: 'userinfo',
        method: 'GET',
        path: '/v2/userinfo',
        scopes: ['openid', 'profile'],
        handle: userinfo,
      },
    ],
  },
  {
    at: '/rest',
    credential,
    rate,
    before: versioned,
    operations: [
      {
        operation: 'organizationAcls',
        method: 'GET',
        path: '/organizationAcls',
        scopes: ['rw_organization_admin'],
        handle: organizationAcls,
      },
      {
        operation: 'organizationsLookup',
        method: 'GET',
        path: '/organizationsLookup',
        scopes: ['rw_organization_admin'],
        handle: organizationsLookup,
      },
      {
        operation: 'createPost',
        method: 'POST',
        path: '/posts',
        rate: [{ limit: 150, windowSeconds: DAY }],
        handle: createPost,
      },
      { operation: 'findPosts', method: 'GET', path: '/posts', handle: findPosts },
      { operation: 'deletePost', method: 'DELETE', path: '/posts/:urn', handle: deletePost },
      { operation: 'initializeImageUpload', method: 'POST', path: '/images', handle: begin('image') },
      {
        operation: 'initializeDocumentUpload',
        method: 'POST',
        path: '/documents',
        handle: begin('document'),
      },
      { operation: 'videoUploadAction', method: 'POST', path: '/videos', handle: videoAction },
      { operation: 'getVideo', method: 'GET', path: '/videos/:urn', handle: getMedia('video') },
      { operation: 'getDocument', method: 'GET', path: '/documents/:urn', handle: getMedia('document') },
      { operation: 'createComment', method: 'POST', path: COMMENTS, handle: createComment },
      { operation: 'findComments', method: 'GET', path: COMMENTS, handle: findComments },
      { operation: 'deleteComment', method: 'DELETE', path: `${COMMENTS}/:id`, handle: deleteComment },
      {
        operation: 'organizationalEntityShareStatistics',
        method: 'GET',
        path: '/organizationalEntityShareStatistics',
        handle: shareStatistics,
      },
    ],
  },
];
