import type { Face } from '../kit/face';

export const etsyFace = {
  id: 'etsy',
  name: 'Etsy',
  order: 30,
  tier: 'free',
  accountNoun: 'shop',
  summary: { fact: 'platforms.etsy.summary' },
  kind: 'api',
  capabilities: ['list', 'delist', 'setPrice', 'readPrice', 'syncSales', 'views'],
  // The characters are those of createDraftListing: https://developers.etsy.com/documentation/reference#operation/createDraftListing
  listing: {
    title: 140,
    notInTitle: /[^\p{L}\p{Nd}\p{P}\p{Sm}\p{Zs}™©®]/gu,
    onceInTitle: ['%', ':', '&', '+'],
    tags: 13,
    tag: 20,
    notInTag: /[^\p{L}\p{Nd}\p{Zs}\-'™©®]/gu,
    fileBytes: 20_971_520,
    fileName: 70,
    quantity: 999,
  },
} as const satisfies Face;
