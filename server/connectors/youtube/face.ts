import type { Face } from '../kit/face';

export const youtubeFace = {
  id: 'youtube',
  name: 'YouTube',
  order: 50,
  tier: 'pro',
  accountNoun: 'channel',
  summary: { fact: 'platforms.youtube.summary' },
  kind: 'announced',
  capabilities: [],
  post: { characters: 5000, text: { rules: 'general', link: 'in_text' } },
} as const satisfies Face;
