import type { Db } from '@/db/client';
import { accounts } from './schema';
import type { SeedAccount, StandIn } from './stand-in';
import type { World } from './world';

const BEGINNING = new Date('2023-04-12T09:00:00.000Z');
/** The realms of each opened database whose accounts were inserted. */
const seeded = new WeakMap<object, Map<string, Promise<void>>>();

function once(db: Db['raw'], realm: string, rows: readonly SeedAccount[]): Promise<void> {
  const realms = seeded.get(db) ?? new Map<string, Promise<void>>();
  seeded.set(db, realms);
  const known = realms.get(realm);
  if (known) return known;
  const done = insert(db, realm, rows);
  realms.set(realm, done);
  done.catch(() => realms.delete(realm));
  return done;
}

async function insert(db: Db['raw'], platform: string, rows: readonly SeedAccount[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insert(accounts)
    .values(rows.map((row) => ({ kind: 'person' as const, ...row, platform, createdAt: BEGINNING })))
    .onConflictDoNothing();
}

/** Inserts the accounts of the stand-ins that are missing. Runs once per opened database. */
export async function ensureSeedAccounts(db: Db['raw'], standIns: readonly StandIn[]): Promise<void> {
  for (const { id, accounts: rows = [] } of standIns)
    if (typeof rows !== 'function') await once(db, id, rows);
}

/** Inserts the accounts of one server that are missing. */
export function seedRealm(world: World, { accounts: rows = [] }: StandIn, realm: string): Promise<void> {
  return once(world.db, realm, typeof rows === 'function' ? rows(realm.split('/')[1] ?? '') : rows);
}

/** Forgets that the accounts were inserted, after a reset has removed them. */
export function resetSeedCache(db: Db['raw']): void {
  seeded.delete(db);
}
