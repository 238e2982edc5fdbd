import { and, count, eq, gte, inArray, isNull, lt, ne } from 'drizzle-orm';
import {
  connections,
  generations,
  members,
  PUBLICATION_LISTS,
  priceRules,
  products,
  publications,
  subscriptions,
  topics,
} from '@/db/schema';
import { env } from '@/server/foundation/env';
import { dayBounds, monthBounds } from '@/server/foundation/zoned-time';
import { can } from '@/server/verbs/context';
import { defineVerb, nothing } from '@/server/verbs/define';
import { storageUsed } from '../files/storage-limit';
import { PLAN_TERMS } from '../plans/plans';
import { readWorkspace } from '../workspaces/read-workspace';
import { billingSummary } from './schemas';
import { isLive } from './subscription-state';

/** Returns the plan, its price, its renewal date and the usage of each limit. */
export const readSummary = defineVerb({
  verb: 'billing.summary',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: billingSummary,
  run: async (ctx) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await readWorkspace(tx, ctx);
      const [subscription] = await tx
        .select()
        .from(subscriptions)
        .where(eq(subscriptions.workspaceId, ctx.workspaceId));
      const day = dayBounds(ctx.clock.now(), workspace.timeZone);
      const month = monthBounds(ctx.clock.now(), workspace.timeZone);
      const one = async (query: PromiseLike<{ n: number }[]>) => (await query)[0]?.n ?? 0;
      const used = {
        connections: await one(
          tx.select({ n: count() }).from(connections).where(ne(connections.status, 'disconnected')),
        ),
        topics: await one(tx.select({ n: count() }).from(topics).where(eq(topics.active, true))),
        postsPerDay: await one(
          tx
            .select({ n: count() })
            .from(publications)
            .where(
              and(
                gte(publications.dueAt, day.from),
                lt(publications.dueAt, day.to),
                inArray(publications.state, PUBLICATION_LISTS.counted),
                eq(publications.kind, 'post'),
              ),
            ),
        ),
        generationsPerMonth: await one(
          tx
            .select({ n: count() })
            .from(generations)
            .where(
              and(
                gte(generations.createdAt, month.from),
                lt(generations.createdAt, month.to),
                eq(generations.outcome, 'completed'),
              ),
            ),
        ),
        products: await one(tx.select({ n: count() }).from(products).where(isNull(products.archivedAt))),
        priceRules: await one(tx.select({ n: count() }).from(priceRules).where(eq(priceRules.active, true))),
        members: await one(tx.select({ n: count() }).from(members)),
        storageBytes: await storageUsed(tx, ctx.workspaceId),
      };
      const limits = PLAN_TERMS[workspace.plan].limits;
      const e = env();
      return {
        plan: workspace.plan,
        status: subscription?.status ?? 'none',
        currentPeriodEnd: subscription?.currentPeriodEnd ?? null,
        cancelAtPeriodEnd: subscription?.cancelAtPeriodEnd ?? false,
        hasSubscription: !!subscription?.subscriptionId && isLive(subscription.status),
        environment: e.STRIPE_SECRET_KEY ? 'live' : e.sandbox ? 'sandbox' : null,
        canManage: can(ctx, 'billing.manage'),
        usage: {
          connections: { used: used.connections, allowed: limits.connections },
          topics: { used: used.topics, allowed: limits.topics },
          postsPerDay: { used: used.postsPerDay, allowed: limits.postsPerDay },
          generationsPerMonth: { used: used.generationsPerMonth, allowed: limits.generationsPerMonth },
          products: { used: used.products, allowed: limits.products },
          priceRules: { used: used.priceRules, allowed: limits.priceRules },
          members: { used: used.members, allowed: limits.members },
          storageBytes: { used: used.storageBytes, allowed: limits.storageBytes },
        },
      };
    });
  },
});
