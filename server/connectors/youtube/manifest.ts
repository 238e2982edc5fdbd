import type { UnavailableManifest } from '../kit/manifest';

export const youtubeManifest = {
  id: 'youtube',
  name: 'YouTube',
  accountNoun: 'channel',
  summary: { fact: 'platforms.youtube.summary' },
  available: false,
  capabilities: [],
  post: { characters: 5000 },
  docs: ['https://developers.google.com/youtube/v3/docs/videos'],
} as const satisfies UnavailableManifest;
