import { defineManifest } from '../kit/define-manifest';
import { etsyFace } from './face';

export const etsyManifest = defineManifest(etsyFace, {
  setUp: 'https://www.etsy.com/developers/your-apps',
  api: 'https://openapi.etsy.com',
  web: 'https://www.etsy.com',
  credential: 'bearer',
  auth: {
    kind: 'oauth2',
    authorize: 'https://www.etsy.com/oauth/connect',
    token: 'https://api.etsy.com/v3/public/oauth/token',
    // Etsy's API cannot revoke access; its help names this page: https://www.etsy.com/help/article/330
    ending: 'by_hand',
    appsPage: 'https://www.etsy.com/your/account/apps',
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
});
