import type { Hono } from 'hono';
import { findPost } from '../cores/feed';
import type { SandboxEnv } from '../http';
import { nothing } from '../pages';
import { postLine } from '../people-pages';
import type { Account, StandIn } from '../stand-in';
import type { World } from '../world';
import { linkedinAccounts } from './accounts';
import {
  deniedScope,
  LINKEDIN_PAGES,
  LINKEDIN_PARTNER,
  LINKEDIN_SCOPES,
  linkedinRules,
  linkedinToken,
} from './auth';
import { linkedinVendor } from './errors';
import { shareId } from './posts';
import { linkedinApis } from './routes';

const pathOf = (a: Account): string => `/${a.kind === 'organization' ? 'company' : 'in'}/${a.handle}`;

/** The stand-in for LinkedIn: its versioned API for posts of people and of their pages, with OAuth 2.0. */
export const linkedin: StandIn = {
  id: 'linkedin',
  name: 'LinkedIn',
  accent: { light: '#0a66c2', dark: '#70b5f9', onDark: '#06264a' },
  vendor: linkedinVendor,
  signIn: {
    rules: linkedinRules,
    separator: ' ',
    scopes: LINKEDIN_SCOPES,
    describe: (a, pages) =>
      [a.about, pages.length > 0 ? `manages ${pages.map((p) => p.name).join(' and ')}` : '']
        .filter(Boolean)
        .join(' · '),
    paths: {
      authorize: '/oauth/v2/authorization',
      token: '/oauth/v2/accessToken',
      apps: '/mypreferences/d/data-sharing-for-permitted-services',
    },
    token: linkedinToken,
    client: 'form',
    denied: deniedScope,
    refusal: {
      error: 'user_cancelled_authorize',
      error_description: 'The user cancelled the authorization',
    },
  },
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
  listed: { title: 'LinkedIn', kind: ['person', 'organization'], link: pathOf, line: postLine },
  feed: {
    kind: ['person', 'organization'],
    paths: { account: '/:section{in|company}/:handle', post: '/:section{in|company}/:handle/posts/:id' },
    accountPath: pathOf,
    postPath: (a, post) => `${pathOf(a)}/posts/${post.replyTo ?? post.id}`,
    handles: false,
    words: { reply: 'Comment', under: 'Comments' },
    numbers: (r) => [
      ['reactions', r.likes],
      ['comments', r.replies],
      ['reposts', r.reposts],
      ['impressions', r.impressions],
    ],
  },
  apis: linkedinApis,
  pages: updates,
};

/** Leads the address that posts have on LinkedIn to their page. */
function updates(app: Hono<SandboxEnv>, world: World): void {
  app.get('/linkedin/feed/update/:urn', async (c) => {
    const found = await findPost(world, 'linkedin', shareId(c.req.param('urn')));
    if (!found) return nothing(world, 'linkedin');
    return c.redirect(`${world.base}/linkedin${pathOf(found.account)}/posts/${found.post.id}`);
  });
}
