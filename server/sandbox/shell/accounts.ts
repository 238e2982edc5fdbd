import { and, asc, eq } from 'drizzle-orm';
import { accounts } from '../schema';
import type { Account } from '../stand-in';
import type { World } from '../world';

type By = Partial<Pick<Account, 'id' | 'handle' | 'kind' | 'parentId'>>;

/** Returns the accounts of a realm with all of these values, by their id. */
export const findAccounts = (world: World, realm: string, by: By): Promise<Account[]> =>
  world.db
    .select()
    .from(accounts)
    .where(
      and(
        eq(accounts.platform, realm),
        ...Object.entries(by).map(([name, value]) => eq(accounts[name as 'id'], value ?? '')),
      ),
    )
    .orderBy(asc(accounts.id));

/** Returns the first account of a realm with all of these values, or undefined. */
export const findAccount = async (world: World, realm: string, by: By): Promise<Account | undefined> =>
  (await findAccounts(world, realm, by))[0];

/** Returns what a person acts for: their pages, shops and the like. */
export const ownedBy = (world: World, { id, platform }: Account): Promise<Account[]> =>
  findAccounts(world, platform, { parentId: id });
