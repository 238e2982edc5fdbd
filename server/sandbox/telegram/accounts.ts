import type { SeedAccount } from '../stand-in';

/** What a bot may do in a channel: post, or only look as an administrator. */
export type Right = 'post' | 'look' | 'kicked';

const MIRA = '7104428391';
const LEO = '6892217450';

export const telegramAccounts: readonly SeedAccount[] = [
  { id: MIRA, handle: 'mira_draws_bot', name: 'Mira’s bot' },
  { id: LEO, handle: 'devnotes_bot', name: 'Dev notes bot' },
  {
    id: '-1001402115836',
    kind: 'channel',
    parentId: MIRA,
    handle: 'miradraws',
    name: 'Mira Draws',
    about: 'Pen, ink and the occasional joke about layers.',
    followers: 2310,
    fields: { bots: { [MIRA]: 'post' } },
  },
  {
    id: '-1001987654321',
    kind: 'channel',
    parentId: MIRA,
    handle: '1987654321',
    name: 'Studio notes',
    about: 'For those who support the studio.',
    followers: 84,
    fields: { bots: { [MIRA]: 'post' }, private: true },
  },
  {
    id: '-1001285530913',
    kind: 'channel',
    parentId: LEO,
    handle: 'devnotes_leo',
    name: 'Dev notes',
    about: 'Notes on software that has to work on Monday.',
    followers: 9120,
    fields: { bots: { [LEO]: 'post', [MIRA]: 'look' } },
  },
  {
    id: '-1001560442781',
    kind: 'organization',
    handle: 'inkclub_chat',
    name: 'Ink club',
    fields: { bots: { [MIRA]: 'post' } },
  },
];
