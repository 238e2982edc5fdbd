import { and, asc, desc, eq, gt, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { members, sessions, users } from '@/db/schema';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import { defineVerb, nothing } from '@/server/verbs/define';
import type { Role } from '@/server/verbs/permissions';
import type { AccountCtx } from './account-ctx';
import { deviceName } from './device-name';
import { sessionOutput } from './schemas';

/** Maximum staleness of "last seen", which avoids a write on every request. */
const SEEN_EVERY_MS = 5 * 60_000;

/**
 * Returns the user behind a session id and the workspace they act in, the oldest they belong to. Returns null if the session is unknown,
 * revoked or expired. Every request calls this, so revoking a session takes effect immediately.
 */
export async function viewerOfSession(
  ctx: AccountCtx,
  sessionId: string,
): Promise<{
  userId: string;
  sessionId: string;
  name: string;
  email: string;
  emailVerified: boolean;
  workspace: { id: WorkspaceId; role: Role } | null;
} | null> {
  const now = ctx.clock.now();
  return ctx.db.asSystem(async (tx) => {
    const [row] = await tx
      .select({
        userId: users.id,
        name: users.name,
        email: users.email,
        verified: users.emailVerifiedAt,
        lastSeenAt: sessions.lastSeenAt,
        workspaceId: members.workspaceId,
        role: members.role,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(members, eq(members.userId, users.id))
      .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt), gt(sessions.expiresAt, now)))
      .orderBy(asc(members.createdAt), asc(members.workspaceId))
      .limit(1);
    if (!row) return null;
    if (Math.abs(now.getTime() - row.lastSeenAt.getTime()) > SEEN_EVERY_MS)
      await tx.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, sessionId));
    return {
      userId: row.userId,
      sessionId,
      name: row.name,
      email: row.email,
      emailVerified: row.verified !== null,
      workspace: row.workspaceId && row.role ? { id: asWorkspaceId(row.workspaceId), role: row.role } : null,
    };
  });
}

/** Lists the user's active sessions, newest first. */
export const listSessions = defineVerb({
  verb: 'account.sessions',
  access: 'person',
  effect: 'read',
  input: nothing,
  output: z.array(sessionOutput),
  run: async (ctx) => {
    const rows = await ctx.db.asSystem((tx) =>
      tx
        .select()
        .from(sessions)
        .where(
          and(
            eq(sessions.userId, ctx.userId),
            isNull(sessions.revokedAt),
            gt(sessions.expiresAt, ctx.clock.now()),
          ),
        )
        .orderBy(desc(sessions.lastSeenAt))
        .limit(100),
    );
    return rows.map((row) => ({
      id: row.id,
      current: row.id === ctx.sessionId,
      device: deviceName(row.userAgent),
      createdAt: row.createdAt,
      lastSeenAt: row.lastSeenAt,
    }));
  },
});
