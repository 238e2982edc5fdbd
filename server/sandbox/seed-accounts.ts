import type { Db } from '@/db/client';
import { accounts } from './schema';
import type { StandIn } from './stand-in';

const BEGINNING = new Date('2023-04-12T09:00:00.000Z');
const seeded = new WeakMap<object, Promise<void>>();

/** Inserts the accounts of the stand-ins that are missing. Runs once per opened database. */
export function ensureSeedAccounts(db: Db['raw'], standIns: readonly StandIn[]): Promise<void> {
  let done = seeded.get(db);
  if (!done) {
    done = db
      .insert(accounts)
      .values(
        standIns.flatMap(({ id: platform, accounts: rows = [] }) =>
          rows.map((row) => ({ kind: 'person' as const, ...row, platform, createdAt: BEGINNING })),
        ),
      )
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
