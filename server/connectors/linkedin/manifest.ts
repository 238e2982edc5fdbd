import type { AvailableManifest } from '../kit/manifest';
import { linkedinFace } from './face';
import { linkedinOptions } from './options';

/** LinkedIn supports a version for about a year: https://learn.microsoft.com/en-us/linkedin/marketing/versioning */
export const VERSION = '202609';

export const linkedinManifest = {
  ...linkedinFace,
  options: linkedinOptions,
  setUp: { page: 'https://www.linkedin.com/developers/apps' },
  drafting: { aim: { from: 500, to: 1100 }, hashtags: 4 },
  engagementBatch: 20,
  api: { live: 'https://api.linkedin.com', sandbox: '/linkedin' },
  // Where the addresses for uploads lead that LinkedIn returns.
  uploads: { live: 'https://www.linkedin.com', sandbox: '/linkedin' },
  web: { live: 'https://www.linkedin.com', sandbox: '/linkedin' },
  credential: 'bearer',
  auth: {
    kind: 'oauth2',
    authorize: {
      live: 'https://www.linkedin.com/oauth/v2/authorization',
      sandbox: '/linkedin/oauth/v2/authorization',
    },
    token: {
      live: 'https://www.linkedin.com/oauth/v2/accessToken',
      sandbox: '/linkedin/oauth/v2/accessToken',
    },
    revoke: { live: 'https://www.linkedin.com/oauth/v2/revoke', sandbox: '/linkedin/oauth/v2/revoke' },
    ending: 'token',
    appsPage: {
      address: {
        live: 'https://www.linkedin.com/mypreferences/d/data-sharing-for-permitted-services',
        sandbox: '/linkedin/mypreferences/d/data-sharing-for-permitted-services',
      },
      where: { fact: 'platforms.linkedin.appsPage' },
    },
    // LinkedIn has PKCE only for native apps, at another address.
    pkce: 'none',
    client: 'body',
    // Only for approved partners. Other apps get no refresh token, and people sign in again after 60 days:
    // https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
    refresh: 'rotating',
    grantOver: [
      {
        error: 'invalid_request',
        description: 'The provided refresh token is invalid, expired or revoked',
      },
      {
        error: 'invalid_request',
        description: 'The provided authorization grant or refresh token is invalid, expired or revoked',
      },
    ],
    scopeSeparator: ' ',
    accountScopes: ['openid', 'profile'],
    scopes: {
      publish: ['w_member_social', 'w_organization_social'],
      lookup: ['r_organization_social'],
      engagement: ['rw_organization_admin'],
      upload: ['w_member_social'],
      remove: ['w_member_social'],
    },
    accessLifetime: 5_184_000,
    refreshLifetime: 31_536_000,
  },
  docs: [
    'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow',
    'https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api',
    'https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api',
    'https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/videos-api',
    'https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/documents-api',
    'https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api',
    'https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/share-statistics',
    'https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-access-control-by-role',
  ],
} as const satisfies AvailableManifest;
