import type { Face } from '../kit/face';

export const linkedinFace = {
  id: 'linkedin',
  name: 'LinkedIn',
  order: 40,
  tier: 'pro',
  accountNoun: 'profile',
  summary: { fact: 'platforms.linkedin.summary' },
  kind: 'announced',
  capabilities: [],
  post: {
    characters: 3000,
    text: { rules: 'general', link: 'field' },
    rates: [{ count: 150, seconds: 86_400, per: 'account' }],
  },
} as const satisfies Face;
