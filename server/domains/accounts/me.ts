import { asc, eq } from 'drizzle-orm';
import { members, users } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { defineVerb, nothing } from '@/server/verbs/define';
import { meOutput } from './schemas';

/** Returns the signed-in user and the workspace they act in. */
export const me = defineVerb({
  verb: 'account.me',
  access: 'person',
  effect: 'read',
  input: nothing,
  output: meOutput,
  run: async ({ db, userId }) => {
    const [row] = await db.asSystem((tx) =>
      tx
        .select({
          name: users.name,
          email: users.email,
          verified: users.emailVerifiedAt,
          workspaceId: members.workspaceId,
          role: members.role,
        })
        .from(users)
        .leftJoin(members, eq(members.userId, users.id))
        .where(eq(users.id, userId))
        .orderBy(asc(members.createdAt), asc(members.workspaceId))
        .limit(1),
    );
    if (!row) throw notFound('person');
    const { verified, ...person } = row;
    return { ...person, userId, emailVerified: verified !== null };
  },
});
