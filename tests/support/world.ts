import type { Db } from '@/db/client';
import { members, postingSettings, users, workspaces } from '@/db/schema';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import type { Plan } from '@/server/domains/plans/plans';
import { ManualClock } from '@/server/foundation/clock';
import { asWorkspaceId, newId, type WorkspaceId } from '@/server/foundation/ids';
import type { Viewer } from '@/server/trpc/init';
import { type Ctx, memberActor, type Services } from '@/server/verbs/context';
import { EVENTS, type EventData, type EventName, type EventPublisher } from '@/server/verbs/events';
import type { Role } from '@/server/verbs/permissions';

export interface WorldOptions {
  plan?: Plan;
  timeZone?: string;
  currency?: string;
  /** Role of the user that `ctx` acts for; owner by default. */
  role?: Role;
  name?: string;
  /** Clock of the world. Two worlds can share one. */
  clock?: ManualClock;
  onboardingStep?: 'plan' | 'platforms' | 'topics' | 'automation' | 'done';
}

/** Records published events in order. Refuses an event that its functions would refuse. */
export class RecordedEvents implements EventPublisher {
  readonly sent: { name: EventName; data: Record<string, unknown> }[] = [];
  async publish<N extends EventName>(name: N, data: EventData<N>): Promise<void> {
    EVENTS[name].strict().parse(data);
    this.sent.push({ name, data });
  }
}

export interface World {
  db: Db;
  clock: ManualClock;
  events: RecordedEvents;
  workspaceId: WorkspaceId;
  /** User that `ctx` acts for. */
  userId: string;
  email: string;
  role: Role;
  services: Services;
  ctx: Ctx;
}

/** Creates a workspace with one member and posting settings, and a ctx that acts as this member. */
export async function createWorld(db: Db, options: WorldOptions = {}): Promise<World> {
  const clock = options.clock ?? new ManualClock('2026-03-02T10:00:00Z');
  const events = new RecordedEvents();
  const workspaceId = asWorkspaceId(newId('workspace'));
  const role = options.role ?? 'owner';
  await db.asSystem((tx) =>
    tx.insert(workspaces).values({
      id: workspaceId,
      name: options.name ?? 'Test workspace',
      plan: options.plan ?? 'free',
      timeZone: options.timeZone ?? 'Europe/Berlin',
      reportingCurrency: options.currency ?? 'USD',
      onboardingStep: options.onboardingStep ?? 'done',
    }),
  );
  await db.asSystem((tx) => tx.insert(postingSettings).values({ workspaceId }));
  const person = await addMember({ db, clock, workspaceId }, role);
  const services = { db, clock, events, platforms: connectorPlatforms };
  return {
    db,
    clock,
    events,
    workspaceId,
    userId: person.userId,
    email: person.email,
    role,
    services,
    ctx: {
      ...services,
      workspaceId,
      actor: memberActor({ userId: person.userId, name: person.name, role }),
    },
  };
}

/** Adds a user with this role to a workspace. The user cannot sign in with a password. */
export async function addMember(
  world: Pick<World, 'db' | 'clock' | 'workspaceId'>,
  role: Role,
): Promise<{ userId: string; email: string; name: string }> {
  const userId = newId('user');
  const email = `${userId}@example.test`;
  const name = `Test ${role}`;
  const now = world.clock.now();
  await world.db.asSystem(async (tx) => {
    await tx.insert(users).values({
      id: userId,
      email,
      name,
      passwordHash: 'none',
      termsAcceptedAt: now,
      emailVerifiedAt: now,
    });
    await tx.insert(members).values({ workspaceId: world.workspaceId, userId, role });
  });
  return { userId, email, name };
}

/** Returns a ctx in the same world that acts as a new member with another role. */
export async function actingAs(world: World, role: Role): Promise<Ctx> {
  const person = await addMember(world, role);
  return { ...world.ctx, actor: memberActor({ userId: person.userId, name: person.name, role }) };
}

/** Returns the same ctx with the permissions of another role. */
export const withRole = (ctx: Ctx, role: Role): Ctx => ({
  ...ctx,
  actor: ctx.actor.kind === 'member' ? memberActor({ ...ctx.actor, role }) : ctx.actor,
});

/** Returns a signed-in viewer of this world: its own member, or a new one with `role`. */
export async function viewerFor(world: World, role?: Role): Promise<Viewer> {
  const person =
    role === undefined || role === world.role
      ? { userId: world.userId, email: world.email, name: 'Test member' }
      : await addMember(world, role);
  return {
    ...person,
    sessionId: newId('session'),
    emailVerified: true,
    workspace: { id: world.workspaceId, role: role ?? world.role },
  };
}
