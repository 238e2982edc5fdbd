import type { AvailableManifest } from '../kit/manifest';
import { etsyFace } from './face';

export const etsyManifest = {
  ...etsyFace,
  setUp: {
    page: 'https://www.etsy.com/developers/your-apps',
  },
  api: { live: 'https://openapi.etsy.com', sandbox: '/etsy' },
  web: { live: 'https://www.etsy.com', sandbox: '/etsy' },
  credential: 'bearer',
  auth: {
    kind: 'oauth2',
    authorize: { live: 'https://www.etsy.com/oauth/connect', sandbox: '/etsy/oauth/connect' },
    token: { live: 'https://api.etsy.com/v3/public/oauth/token', sandbox: '/etsy/v3/public/oauth/token' },
    // Etsy's API cannot revoke access; its help names this page: https://www.etsy.com/help/article/330
    ending: 'by_hand',
    appsPage: {
      address: { live: 'https://www.etsy.com/your/account/apps', sandbox: '/etsy/your/account/apps' },
      where: { fact: 'platforms.etsy.appsPage' },
    },
    pkce: 'S256',
    client: 'public',
    refresh: 'rotating',
    scopeSeparator: ' ',
    accountScopes: ['shops_r'],
    scopes: {
      list: ['listings_r', 'listings_w'],
      delist: ['listings_w', 'listings_d'],
      setPrice: ['listings_r', 'listings_w'],
      readPrice: ['listings_r'],
      syncSales: ['transactions_r'],
      views: ['listings_r'],
    },
    accessLifetime: 3600,
    refreshLifetime: 7_776_000,
  },
  docs: [
    'https://developers.etsy.com/documentation/essentials/authentication/',
    'https://developers.etsy.com/documentation/tutorials/listings/',
    'https://developers.etsy.com/documentation/essentials/rate-limits',
  ],
} as const satisfies AvailableManifest;
