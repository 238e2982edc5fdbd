import type { PlatformId } from '@/server/connectors/generated/ids';
import type { ManualManifest } from '@/server/connectors/kit/manifest';
import { plain } from '@/tests/support/plain';

/** A platform without an API that exists only in tests. */
export const HANDMADE: ManualManifest = {
  id: 'handmade' as string as PlatformId,
  name: 'Handmade',
  order: 950,
  tier: 'free',
  accountNoun: 'account',
  summary: plain('A platform of a test.'),
  kind: 'manual',
  capabilities: ['publish'],
  post: { characters: 500, text: { rules: 'general', link: 'in_text' } },
  web: 'https://handmade.test',
  steps: plain('Open the editor and paste the text.\nPress Publish.'),
  editor: 'https://handmade.test/new',
  profile: { label: plain('Your page'), help: plain('Its address.'), example: 'handmade.test/@name' },
  postPath: /^\/@[^/]+\/[\w-]*-(?<id>\d{4,12})$/,
  docs: [],
};
