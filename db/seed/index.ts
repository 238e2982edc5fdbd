import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { members, postingSettings, topics, users, workspaces } from '@/db/schema';
import { hashPassword } from '@/server/domains/accounts/password';
import { suggestTimes } from '@/server/domains/scheduling/suggest-times';
import { TOPICS } from '@/server/domains/topics/catalogue';
import { type Clock, systemClock } from '@/server/foundation/clock';
import { asWorkspaceId, newId, type WorkspaceId } from '@/server/foundation/ids';
import { DEMO } from './demo-account';

/** The demo workspace, for the code that fills it with content. */
export interface DemoWorld {
  workspaceId: WorkspaceId;
  userId: string;
}

/** Arbitrary number, the same in every process: key of the lock under which the demo is created. */
const LOCK = 727_275;

/**
 * Creates the demo user and their workspace unless one was ever created here. Safe if two processes start at the same time. Returns the
 * world and whether it is new; null if another user has registered the demo's address.
 */
export async function seedDemo(
  db: Db,
  clock: Clock = systemClock,
): Promise<(DemoWorld & { fresh: boolean }) | null> {
  const known = await db.asSystem((tx) => findDemo(tx));
  if (known) return { ...known, fresh: false };
  const now = clock.now();
  const workspaceId = asWorkspaceId(newId('workspace'));
  const userId = newId('user');
  const passwordHash = await hashPassword(DEMO.password);
  return db.asSystem(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const meanwhile = await findDemo(tx);
    if (meanwhile) return { ...meanwhile, fresh: false };
    const [person] = await tx
      .insert(users)
      .values({
        id: userId,
        email: DEMO.email,
        name: DEMO.name,
        passwordHash,
        emailVerifiedAt: now,
        termsAcceptedAt: now,
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (!person) return null;
    await tx.insert(workspaces).values({
      id: workspaceId,
      name: DEMO.workspace,
      timeZone: 'Europe/Berlin',
      reportingCurrency: 'USD',
      plan: 'pro',
      onboardingStep: 'done',
      isDemo: true,
      createdAt: now,
    });
    await tx.insert(members).values({ workspaceId, userId, role: 'owner', createdAt: now });
    const [operator] = await tx
      .insert(users)
      .values({
        ...DEMO.operator,
        id: newId('user'),
        passwordHash,
        emailVerifiedAt: now,
        termsAcceptedAt: now,
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (operator)
      await tx.insert(members).values({ workspaceId, userId: operator.id, role: 'operator', createdAt: now });
    await tx.insert(topics).values(
      (['memes', 'tech'] as const).map((slug) => ({
        id: newId('topic'),
        workspaceId,
        slug,
        audience: TOPICS[slug].audience,
        tone: TOPICS[slug].tone,
        createdAt: now,
      })),
    );
    const [activeFrom, activeTo, postsPerDay] = [9 * 60, 21 * 60, 3];
    await tx.insert(postingSettings).values({
      workspaceId,
      activeFrom,
      activeTo,
      postsPerDay,
      slots: suggestTimes({ from: activeFrom, to: activeTo, count: postsPerDay }),
      mix: { memes: 40, tech: 60 },
      platformOrder: ['x', 'facebook'],
      review: 'review_first',
      approvalPolicy: 'keep',
      approvalHours: 24,
    });
    return { workspaceId, userId, fresh: true };
  });
}

async function findDemo(tx: Parameters<Parameters<Db['asSystem']>[0]>[0]): Promise<DemoWorld | null> {
  const [row] = await tx
    .select({ workspaceId: workspaces.id, userId: members.userId })
    .from(workspaces)
    .innerJoin(members, sql`${members.workspaceId} = ${workspaces.id} and ${members.role} = 'owner'`)
    .where(sql`${workspaces.isDemo}`)
    .limit(1);
  return row ? { workspaceId: asWorkspaceId(row.workspaceId), userId: row.userId } : null;
}
