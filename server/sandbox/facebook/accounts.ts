import type { SeedAccount } from '../stand-in';

export const facebookAccounts: readonly SeedAccount[] = [
  { id: '10223847561920345', handle: 'mira.okafor', name: 'Mira Okafor' },
  {
    id: '104857291638475',
    kind: 'page',
    handle: 'miradraws',
    name: 'Mira Draws',
    parentId: '10223847561920345',
    about: 'Artist',
    followers: 2310,
    timeZone: 'America/New_York',
  },
  {
    id: '109238475610293',
    kind: 'page',
    handle: 'inkandoak',
    name: 'Ink & Oak Studio',
    parentId: '10223847561920345',
    about: 'Arts and crafts shop',
    followers: 760,
    timeZone: 'America/New_York',
  },
  { id: '10229918273645510', handle: 'leo.sandoval', name: 'Leo Sandoval' },
  {
    id: '112837465091827',
    kind: 'page',
    handle: 'devnotes',
    name: 'Dev Notes',
    parentId: '10229918273645510',
    about: 'Science and technology site',
    followers: 5120,
    timeZone: 'Europe/Berlin',
  },
  // She has no Page yet, so she has nothing to connect.
  { id: '10231550047782193', handle: 'ines.duarte', name: 'Ines Duarte' },
];
