import type { AvailableManifest } from '../kit/manifest';
import { linkedinFace } from './face';
import { linkedinOptions } from './options';

/** LinkedIn supports a version for about a year: https://learn.microsoft.com/en-us/linkedin/marketing/versioning */
export const VERSION = '202609';

export const linkedinManifest = {
  ...linkedinFace,
  options: linkedinOptions,
  ownLimits: true,
  setUp: { page: 'https://www.linkedin.com/developers/apps' },
  drafting: { aim: { from: 500, to: 1100 }, hashtags: 4 },
  engagementBatch: 20,
  api: { live: 'https://api.linkedin.com', sandbox: '/linkedin' },
  // Where the addresses for uploads lead that LinkedIn returns.
  uploads: { live: 'https://www.linkedin.com', sandbox: '/linkedin' },
  web: { live: 'https://www.linkedin.com', sandbox: '/linkedin' },
  credential: 'bearer',
  several: true,
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
    refreshEnd: 'fixed',
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
      publish: ['w_member_social'],
      upload: ['w_member_social'],
      remove: ['w_member_social'],
    },
    kinds: [
      {
        accounts: /^urn:li:organization:/,
        scopes: {
          publish: ['w_organization_social'],
          upload: ['w_organization_social'],
          remove: ['w_organization_social'],
          lookup: ['r_organization_social'],
          engagement: ['rw_organization_admin'],
        },
      },
      // LinkedIn reports numbers only to pages.
      { accounts: /^urn:li:person:/, without: ['engagement'] },
    ],
    // Only for apps with the product Community Management:
    // https://learn.microsoft.com/en-us/linkedin/marketing/community-management/community-management-overview
    optional: [
      {
        scopes: ['w_organization_social', 'r_organization_social', 'rw_organization_admin'],
        missing: {
          withheld: { fact: 'platforms.linkedin.pages.withheld' },
          refused: { fact: 'platforms.linkedin.pages.refused' },
        },
      },
    ],
    scopeRefused: ['unauthorized_scope_error'],
    // https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow#application-is-rejected
    userRefused: ['user_cancelled_login', 'user_cancelled_authorize'],
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
