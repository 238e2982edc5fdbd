import type { SeedAccount } from '../stand-in';

export const linkedinAccounts: readonly SeedAccount[] = [
  {
    id: 'kJ3mQ0x1aZ',
    handle: 'mira-okafor',
    name: 'Mira Okafor',
    about: 'Illustrator and printmaker',
    followers: 910,
    timeZone: 'America/New_York',
  },
  {
    id: '79821345',
    kind: 'organization',
    handle: 'ink-and-oak-studio',
    name: 'Ink & Oak Studio',
    parentId: 'kJ3mQ0x1aZ',
    about: 'Arts and crafts',
    followers: 1340,
    timeZone: 'America/New_York',
  },
  {
    id: '80442217',
    kind: 'organization',
    handle: 'northlight-prints',
    name: 'Northlight Prints',
    parentId: 'kJ3mQ0x1aZ',
    about: 'Printing services',
    followers: 275,
    timeZone: 'Europe/Berlin',
  },
  // He administers no page.
  {
    id: 'pL7vY2k9Bd',
    handle: 'leo-sandoval',
    name: 'Leo Sandoval',
    about: 'Writes about software',
    followers: 2260,
    timeZone: 'Europe/Berlin',
  },
];
