import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { users } from '@/db/schema';

/**
 * Locks a user's row and returns its current contents, or null if there is none. A null `userId` costs the same. Any code that creates or
 * uses a secret of an account (links, codes, sessions) takes this lock first, so that a concurrent change of the password or the address
 * invalidates the secret and deadlocks are impossible.
 */
export async function lockUser(tx: Tx, userId: string | null): Promise<typeof users.$inferSelect | null> {
  const [user] = await tx
    .select()
    .from(users)
    .where(eq(users.id, userId ?? ''))
    .for('update');
  return user ?? null;
}
