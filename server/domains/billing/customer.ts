import { and, eq } from 'drizzle-orm';
import { members, subscriptions, users, workspaces } from '@/db/schema';
import type { Ctx } from '@/server/verbs/context';
import { keyed } from './keyed';
import { isMissingCustomer } from './stripe-errors';
import type { StripeGateway } from './stripe-gateway';

export type Subscription = typeof subscriptions.$inferSelect;

export function findSubscription(ctx: Pick<Ctx, 'db' | 'workspaceId'>): Promise<Subscription | undefined> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.workspaceId, ctx.workspaceId));
    return row;
  });
}

/** Returns the workspace's Stripe customer in this account, creating it if there is none. */
async function ensureCustomer(ctx: Ctx, gateway: StripeGateway): Promise<Subscription> {
  const known = await findSubscription(ctx);
  return known && known.environment === gateway.environment ? known : makeCustomer(ctx, gateway, known);
}

/**
 * Runs `work` with the workspace's Stripe customer. If Stripe reports that the customer does not exist (it may have been deleted there),
 * creates a new one and runs `work` again.
 */
export async function withCustomer<T>(
  ctx: Ctx,
  gateway: StripeGateway,
  work: (row: Subscription) => Promise<T>,
): Promise<T> {
  const row = await ensureCustomer(ctx, gateway);
  try {
    return await work(row);
  } catch (error) {
    if (!isMissingCustomer(error)) throw error;
    return work(await makeCustomer(ctx, gateway, row));
  }
}

/**
 * Creates a customer to replace `old`. The idempotency key is derived from the workspace and the old customer, so a second request (or one
 * after a crash before our row was written) gets the same customer. If two are created nevertheless, the one in the row counts.
 */
async function makeCustomer(
  ctx: Ctx,
  gateway: StripeGateway,
  old: Subscription | undefined,
): Promise<Subscription> {
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
  const customer = await keyed(
    `customer:${ctx.workspaceId}:${old?.customerId ?? 'first'}`,
    {
      ...(owner ? { email: owner.email, name: owner.name } : {}),
      metadata: { workspaceId: ctx.workspaceId },
    },
    (params, options) => gateway.client.customers.create(params, options),
  );
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const fresh = {
      provider: 'stripe' as const,
      environment: gateway.environment,
      customerId: customer.id,
      subscriptionId: null,
      status: 'none',
      stateAt: null,
      paymentsAt: null,
      openRefundsAndDisputes: {},
      currentPeriodEnd: null,
      cancelAtPeriodEnd: false,
    };
    if (old)
      await tx
        .update(subscriptions)
        .set(fresh)
        .where(
          and(eq(subscriptions.workspaceId, ctx.workspaceId), eq(subscriptions.customerId, old.customerId)),
        );
    else
      await tx
        .insert(subscriptions)
        .values({ workspaceId: ctx.workspaceId, ...fresh })
        .onConflictDoNothing({ target: subscriptions.workspaceId });
    const [row] = await tx.select().from(subscriptions).where(eq(subscriptions.workspaceId, ctx.workspaceId));
    if (!row) throw new Error('The customer row was not written');
    return row;
  });
}
