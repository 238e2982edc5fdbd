import { deliverWebhooks } from '../cores/webhooks';
import type { StandIn } from '../stand-in';
import { facebookAccounts } from './accounts';
import { FACEBOOK_SCOPES, facebookRules, facebookToken } from './auth';
import { facebookVendor } from './errors';
import { facebookApi, facebookAppApi, pageForms, VERSION } from './routes';
import { facebookActions, facebookSection } from './subscriptions';

/** The stand-in for Facebook: the Graph API for Pages, with its login dialog. */
export const facebook: StandIn = {
  id: 'facebook',
  name: 'Facebook',
  accent: { light: '#0b5fd0', dark: '#8dbbff', onDark: '#06204a' },
  vendor: facebookVendor,
  signIn: {
    rules: facebookRules,
    separator: ',',
    scopes: FACEBOOK_SCOPES,
    describe: (_a, pages) =>
      pages.length > 0 ? `Manages ${pages.map((p) => p.name).join(' and ')}` : 'Manages no Page',
    paths: {
      authorize: `${VERSION}/dialog/oauth`,
      token: `${VERSION}/oauth/access_token`,
      apps: '/settings/business_tools',
    },
    sample: { authorize: '/v23.0/dialog/oauth', token: '/v23.0/oauth/access_token' },
    tokenMethods: ['GET', 'POST'],
    tokens: facebookToken,
    client: 'query',
    anyResponseType: true,
    refusal: {
      error: 'access_denied',
      error_reason: 'user_denied',
      error_description: 'Permissions error',
      error_code: '200',
    },
  },
  accounts: facebookAccounts,
  feed: {
    title: 'Facebook Pages',
    accounts: { page: '/:handle' },
    post: '/posts/:id',
    comments: true,
    numbers: { likes: 'likes', comments: 'replies', shares: 'reposts', 'people reached': 'impressions' },
  },
  apis: [facebookAppApi, facebookApi],
  mount: pageForms,
  control: { section: facebookSection, actions: facebookActions },
  later: (world) => deliverWebhooks(world, 'facebook'),
};
