import type { Db } from '@/db/client';
import { accounts } from './schema';

type Row = Omit<typeof accounts.$inferInsert, 'createdAt'>;

const person = (
  platform: string,
  id: string,
  handle: string,
  name: string,
  rest: Partial<Row> = {},
): Row => ({
  id,
  platform,
  kind: 'person',
  handle,
  name,
  ...rest,
});

/** The people, pages and shops that exist in a new sandbox. */
export const SEED_ACCOUNTS: readonly Row[] = [
  person('x', '1402115836091576321', 'mira_draws', 'Mira Okafor', {
    about: 'Pen, ink and the occasional joke about layers.',
    followers: 4820,
    timeZone: 'America/New_York',
  }),
  person('x', '1285530913447706625', 'devnotes_leo', 'Leo Sandoval', {
    about: 'Notes on software that has to work on Monday.',
    followers: 18340,
    timeZone: 'Europe/Berlin',
  }),
  person('x', '1560442781120036867', 'tinyplates', 'Tiny Plates', {
    about: 'One small recipe every day.',
    followers: 910,
    timeZone: 'Asia/Kathmandu',
  }),
  person('facebook', '10223847561920345', 'mira.okafor', 'Mira Okafor'),
  {
    ...person('facebook', '104857291638475', 'miradraws', 'Mira Draws', {
      parentId: '10223847561920345',
      about: 'Artist',
      followers: 2310,
      timeZone: 'America/New_York',
    }),
    kind: 'page',
  },
  {
    ...person('facebook', '109238475610293', 'inkandoak', 'Ink & Oak Studio', {
      parentId: '10223847561920345',
      about: 'Arts and crafts shop',
      followers: 760,
      timeZone: 'America/New_York',
    }),
    kind: 'page',
  },
  person('facebook', '10229918273645510', 'leo.sandoval', 'Leo Sandoval'),
  {
    ...person('facebook', '112837465091827', 'devnotes', 'Dev Notes', {
      parentId: '10229918273645510',
      about: 'Science and technology site',
      followers: 5120,
      timeZone: 'Europe/Berlin',
    }),
    kind: 'page',
  },
  // She has no Page yet, so she has nothing to connect.
  person('facebook', '10231550047782193', 'ines.duarte', 'Ines Duarte'),
  person('etsy', '482915377', 'miraokafor', 'Mira Okafor'),
  {
    ...person('etsy', '38471529', 'InkAndOakPrints', 'Ink and Oak Prints', {
      parentId: '482915377',
      about: 'Printable art and small goods',
      followers: 640,
    }),
    kind: 'shop',
  },
  person('etsy', '517204968', 'leosandoval', 'Leo Sandoval'),
  {
    ...person('etsy', '41726058', 'PlannerPixelStudio', 'Planner Pixel Studio', {
      parentId: '517204968',
      about: 'Planners and templates',
      followers: 220,
    }),
    kind: 'shop',
  },
];

const BEGINNING = new Date('2023-04-12T09:00:00.000Z');
const seeded = new WeakMap<object, Promise<void>>();

/** Inserts the seed accounts that are missing. Runs once per opened database. */
export function ensureSeedAccounts(db: Db['raw']): Promise<void> {
  let done = seeded.get(db);
  if (!done) {
    done = db
      .insert(accounts)
      .values(SEED_ACCOUNTS.map((row) => ({ ...row, createdAt: BEGINNING })))
      .onConflictDoNothing()
      .then(() => {});
    seeded.set(db, done);
    done.catch(() => seeded.delete(db));
  }
  return done;
}

/** Forgets that the accounts were inserted, after a reset has removed them. */
export function resetSeedCache(db: Db['raw']): void {
  seeded.delete(db);
}
