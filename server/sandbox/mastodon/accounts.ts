import { idAt } from '../shell/servers';
import type { SeedAccount } from '../stand-in';

/** Every server has these people. */
export const mastodonAccounts = (host: string): readonly SeedAccount[] => [
  {
    id: idAt(host, 1),
    handle: 'mira',
    name: 'Mira Okafor',
    about: 'Pen, ink and the occasional joke about layers.',
    followers: 1240,
    timeZone: 'America/New_York',
  },
  {
    id: idAt(host, 2),
    handle: 'leo',
    name: 'Leo Sandoval',
    about: 'Notes on software that has to work on Monday.',
    followers: 5310,
    timeZone: 'Europe/Berlin',
  },
  {
    id: idAt(host, 3),
    handle: 'tinyplates',
    name: 'Tiny Plates',
    about: 'One small recipe every day.',
    followers: 260,
    timeZone: 'Asia/Kathmandu',
  },
];
