import { eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { users } from '@/db/schema';

/**
 * Locks a person's row and answers it as it is now; null when there is none (`userId` null: for nobody, at the same cost). Whatever makes
 * or spends a secret of an account (links, codes, sessions) takes this lock before any other: what changes the password or the address
 * at the same time then ends it, and two of them cannot wait for each other.
 */
export async function lockUser(tx: Tx, userId: string | null): Promise<typeof users.$inferSelect | null> {
  const [user] = await tx
    .select()
    .from(users)
    .where(eq(users.id, userId ?? ''))
    .for('update');
  return user ?? null;
}
