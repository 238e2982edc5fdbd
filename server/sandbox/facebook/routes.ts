import type { Hono } from 'hono';
import type { SandboxEnv } from '../http';
import type { Api } from '../shell/api';
import type { World } from '../world';
import { listComments, writeComment } from './comments';
import { createPage, createPageForm } from './create-page';
import { graphError, usage } from './errors';
import { uploadPhoto, videoPhase } from './media';
import { deleteObject, getObject, getObjects, listPosts, me, pages, publish } from './pages';
import { endPermissions } from './permissions';
import { listSubscriptions, subscribeApp, subscribePage } from './subscriptions';

/** Where a version of the Graph API is, below the stand-in. */
export const VERSION = '/:version{v[0-9]+\\.[0-9]}';
/** Videos are uploaded to another host. */
const VIDEO_HOST = '/graph-video';

/** What the Graph API does with the app's own token as well. */
export const facebookAppApi: Api = {
  at: VERSION,
  credential: [],
  rate: [],
  operations: [
    {
      operation: 'fbEndAccess',
      method: 'DELETE',
      path: '/:user/permissions',
      open: true,
      handle: endPermissions,
    },
    {
      operation: 'fbSubscriptions',
      method: 'GET',
      path: '/:app/subscriptions',
      open: true,
      handle: listSubscriptions,
    },
    {
      operation: 'fbSubscribeApp',
      method: 'POST',
      path: '/:app/subscriptions',
      open: true,
      handle: subscribeApp,
    },
  ],
};

/** Pages and their posts. The permissions depend on the kind of token, so each operation checks them. */
export const facebookApi: Api = {
  credential: [
    { in: 'query', name: 'access_token' },
    { in: 'bearer', schemes: ['Bearer', 'OAuth'] },
    { in: 'body', name: 'access_token' },
  ],
  rate: [{ limit: 4_800, windowSeconds: 3_600 }],
  rateHeaders: ({ own }) => usage(own ? Math.round(((own.limit - own.remaining) / own.limit) * 100) : 0),
  operations: [
    { operation: 'me', method: 'GET', path: `${VERSION}/me`, handle: me },
    { operation: 'fbPages', method: 'GET', path: `${VERSION}/me/accounts`, handle: pages },
    { operation: 'fbFeed', method: 'POST', path: `${VERSION}/:page/feed`, handle: publish },
    {
      operation: 'fbPosts',
      method: 'GET',
      path: ['feed', 'published_posts', 'posts'].map((edge) => `${VERSION}/:page/${edge}`),
      handle: listPosts,
    },
    { operation: 'fbPosts', method: 'GET', path: [VERSION, `${VERSION}/`], handle: getObjects },
    { operation: 'fbComment', method: 'POST', path: `${VERSION}/:id/comments`, handle: writeComment },
    { operation: 'fbComments', method: 'GET', path: `${VERSION}/:id/comments`, handle: listComments },
    { operation: 'fbPhoto', method: 'POST', path: `${VERSION}/:page/photos`, handle: uploadPhoto },
    {
      operation: 'fbVideo',
      method: 'POST',
      path: `${VIDEO_HOST}${VERSION}/:page/videos`,
      handle: videoPhase,
    },
    {
      operation: 'fbVideo',
      method: 'POST',
      path: `${VERSION}/:page/videos`,
      handle: () => graphError(400, 100, '(#100) Videos must be published to graph-video.facebook.com'),
    },
    {
      operation: 'fbSubscribePage',
      method: 'POST',
      path: `${VERSION}/:page/subscribed_apps`,
      handle: subscribePage(true),
    },
    {
      operation: 'fbUnsubscribePage',
      method: 'DELETE',
      path: `${VERSION}/:page/subscribed_apps`,
      handle: subscribePage(false),
    },
    { operation: 'fbObject', method: 'GET', path: `${VERSION}/:id`, handle: getObject },
    { operation: 'fbDelete', method: 'DELETE', path: `${VERSION}/:id`, handle: deleteObject },
  ],
};

/** Adds the pages on which a user gets a Page of their own. */
export function pageForms(app: Hono<SandboxEnv>, world: World): void {
  app.get('/facebook/pages/create', createPageForm(world));
  app.post('/facebook/pages/create', createPage(world));
}
