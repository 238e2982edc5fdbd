import { eq } from 'drizzle-orm';
import { members, subscriptions, users, workspaces } from '@/db/schema';
import type { Ctx } from '../context';
import type { StripeGateway } from './stripe-gateway';

export type Subscription = typeof subscriptions.$inferSelect;

export function findSubscription(ctx: Ctx): Promise<Subscription | undefined> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.workspaceId, ctx.workspaceId));
    return row;
  });
}

/**
 * The workspace's Stripe customer, made once: the idempotency key is the workspace's, so a second request (or one after a crash
 * between Stripe's answer and our row) gets the same customer.
 */
export async function ensureCustomer(ctx: Ctx, gateway: StripeGateway): Promise<Subscription> {
  const known = await findSubscription(ctx);
  if (known && known.environment === gateway.environment) return known;
  const owner = await ctx.db.asSystem(async (tx) => {
    const [row] = await tx
      .select({ email: users.email, name: workspaces.name })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
      .where(eq(members.workspaceId, ctx.workspaceId))
      .orderBy(members.createdAt)
      .limit(1);
    return row;
  });
  const customer = await gateway.client.customers.create(
    {
      ...(owner ? { email: owner.email, name: owner.name } : {}),
      metadata: { workspaceId: ctx.workspaceId },
    },
    { idempotencyKey: `customer:${ctx.workspaceId}` },
  );
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const fresh = {
      provider: 'stripe' as const,
      environment: gateway.environment,
      customerId: customer.id,
      subscriptionId: null,
      status: 'none',
      stateAt: null,
    };
    const [row] = await tx
      .insert(subscriptions)
      .values({ workspaceId: ctx.workspaceId, ...fresh })
      .onConflictDoUpdate({ target: subscriptions.workspaceId, set: fresh })
      .returning();
    if (!row) throw new Error('The customer row was not written');
    return row;
  });
}
