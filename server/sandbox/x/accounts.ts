import type { SeedAccount } from '../stand-in';

export const xAccounts: readonly SeedAccount[] = [
  {
    id: '1402115836091576321',
    handle: 'mira_draws',
    name: 'Mira Okafor',
    about: 'Pen, ink and the occasional joke about layers.',
    followers: 4820,
    timeZone: 'America/New_York',
  },
  {
    id: '1285530913447706625',
    handle: 'devnotes_leo',
    name: 'Leo Sandoval',
    about: 'Notes on software that has to work on Monday.',
    followers: 18340,
    timeZone: 'Europe/Berlin',
  },
  {
    id: '1560442781120036867',
    handle: 'tinyplates',
    name: 'Tiny Plates',
    about: 'One small recipe every day.',
    followers: 910,
    timeZone: 'Asia/Kathmandu',
  },
];
