import type { Api, Operation } from '../shell/api';
import { rateHeaders } from './errors';
import { append, describe, finalize, initialize, status } from './media';
import { createPost, deletePost, getMe, getPost, getPosts, getUserPosts } from './posts';
import { repost } from './reposts';

/** X's window is a quarter of an hour everywhere. */
const rate = (limit: number): Pick<Operation, 'rate'> => ({ rate: [{ limit, windowSeconds: 900 }] });
const READ = ['tweet.read', 'users.read'];
const WRITE = ['tweet.read', 'tweet.write', 'users.read'];
const MEDIA = ['media.write'];
const UPLOAD = '/media/upload';

/** The posts and media of API v2, with the limits per user. */
export const xApi: Api = {
  at: '/2',
  credential: { in: 'bearer' },
  rate: [{ limit: 300, windowSeconds: 900 }],
  rateHeaders: ({ own }) => (own ? rateHeaders(own) : {}),
  operations: [
    {
      operation: 'getUsersMe',
      method: 'GET',
      path: '/users/me',
      scopes: ['users.read', 'tweet.read'],
      ...rate(75),
      handle: getMe,
    },
    {
      operation: 'createPosts',
      method: 'POST',
      path: '/tweets',
      scopes: WRITE,
      ...rate(100),
      handle: createPost,
    },
    {
      operation: 'initializeMediaUpload',
      method: 'POST',
      path: `${UPLOAD}/initialize`,
      scopes: MEDIA,
      ...rate(500),
      handle: initialize,
    },
    {
      operation: 'appendMediaUpload',
      method: 'POST',
      path: `${UPLOAD}/:id/append`,
      scopes: MEDIA,
      ...rate(500),
      handle: append,
    },
    {
      operation: 'finalizeMediaUpload',
      method: 'POST',
      path: `${UPLOAD}/:id/finalize`,
      scopes: MEDIA,
      ...rate(500),
      handle: finalize,
    },
    {
      operation: 'getMediaUploadStatus',
      method: 'GET',
      path: UPLOAD,
      scopes: MEDIA,
      ...rate(1000),
      handle: status,
    },
    {
      operation: 'createMediaMetadata',
      method: 'POST',
      path: '/media/metadata',
      scopes: MEDIA,
      ...rate(500),
      handle: describe,
    },
    {
      operation: 'getPostsByIds',
      method: 'GET',
      path: '/tweets',
      scopes: READ,
      ...rate(900),
      handle: getPosts,
    },
    {
      operation: 'repostPost',
      method: 'POST',
      path: '/users/:id/retweets',
      scopes: WRITE,
      ...rate(50),
      handle: repost,
    },
    {
      operation: 'getPostsById',
      method: 'GET',
      path: '/tweets/:id',
      scopes: READ,
      ...rate(900),
      handle: getPost,
    },
    {
      operation: 'deletePosts',
      method: 'DELETE',
      path: '/tweets/:id',
      scopes: WRITE,
      ...rate(50),
      handle: deletePost,
    },
    {
      operation: 'getUsersPosts',
      method: 'GET',
      path: '/users/:id/tweets',
      scopes: READ,
      ...rate(900),
      handle: getUserPosts,
    },
  ],
};
