import type { AvailableManifest } from '../kit/manifest';
import { mastodonFace } from './face';
import { mastodonOptionRules, mastodonOptions } from './options';

export const mastodonManifest = {
  ...mastodonFace,
  options: mastodonOptions,
  ownLimits: true,
  optionRules: mastodonOptionRules,
  drafting: { aim: { from: 150, to: 400 }, hashtags: 4 },
  // https://github.com/mastodon/mastodon/blob/main/app/controllers/api/v1/statuses_controller.rb
  engagementBatch: 20,
  // https://docs.joinmastodon.org/methods/statuses/#headers
  publishKey: { seconds: 3600 },
  server: {
    label: { fact: 'platforms.mastodon.server' },
    help: { fact: 'platforms.mastodon.serverHelp' },
    example: 'mastodon.social',
  },
  api: { live: '/', sandbox: '/mastodon' },
  web: { live: '/', sandbox: '/mastodon' },
  credential: 'bearer',
  auth: {
    kind: 'oauth2',
    registration: 'per_server',
    authorize: { live: '/oauth/authorize', sandbox: '/mastodon/oauth/authorize' },
    token: { live: '/oauth/token', sandbox: '/mastodon/oauth/token' },
    revoke: { live: '/oauth/revoke', sandbox: '/mastodon/oauth/revoke' },
    ending: 'token',
    appsPage: {
      address: {
        live: '/oauth/authorized_applications',
        sandbox: '/mastodon/oauth/authorized_applications',
      },
      where: { fact: 'platforms.mastodon.appsPage' },
    },
    // Servers before 4.3 have no PKCE and ignore its parameters.
    pkce: 'S256',
    client: 'body',
    refresh: 'none',
    scopeSeparator: ' ',
    // The narrower `profile` is unknown to servers before 4.3, and to others that speak Mastodon's API.
    accountScopes: ['read:accounts'],
    scopes: {
      publish: ['write:statuses'],
      lookup: ['read:statuses'],
      remove: ['write:statuses'],
      engagement: ['read:statuses'],
      upload: ['write:media'],
    },
    accessLifetime: null,
    refreshLifetime: null,
  },
  docs: [
    'https://docs.joinmastodon.org/methods/apps/',
    'https://docs.joinmastodon.org/methods/oauth/',
    'https://docs.joinmastodon.org/methods/statuses/',
    'https://docs.joinmastodon.org/methods/media/',
    'https://docs.joinmastodon.org/methods/accounts/#statuses',
    'https://docs.joinmastodon.org/methods/instance/#v2',
    'https://docs.joinmastodon.org/api/rate-limits/',
  ],
} as const satisfies AvailableManifest;
