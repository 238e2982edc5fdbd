import type { UnavailableManifest } from '../kit/manifest';

export const linkedinManifest = {
  id: 'linkedin',
  name: 'LinkedIn',
  accountNoun: 'profile',
  summary: { fact: 'platforms.linkedin.summary' },
  available: false,
  capabilities: [],
  post: { characters: 3000, rates: [{ count: 150, seconds: 86_400, per: 'account' }] },
  docs: ['https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow'],
} as const satisfies UnavailableManifest;
