import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, listings, priceChanges, priceRules, products, workspaces } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { PLAN_TERMS } from '../plans/plans';
import {
  listChangesInput,
  listRulesInput,
  type PriceChange,
  type PriceRule,
  priceChangePage,
  rulePage,
} from './schemas';

const ruleRows = (tx: Tx) =>
  tx
    .select({
      rule: priceRules,
      productId: products.id,
      productTitle: products.title,
      connectionName: connections.remoteName,
      listingState: listings.state,
      price: listings.price,
      floor: products.floor,
      currency: listings.currency,
    })
    .from(priceRules)
    .innerJoin(listings, eq(listings.id, priceRules.listingId))
    .innerJoin(products, eq(products.id, listings.productId))
    .innerJoin(connections, eq(connections.id, listings.connectionId));

function shapeRule({
  rule,
  ...rest
}: Awaited<ReturnType<ReturnType<typeof ruleRows>['execute']>>[number]): PriceRule {
  const { workspaceId: _, createdAt: __, ...own } = rule;
  return { ...own, ...rest };
}

/** Returns one rule for display. Throws `not_found`. */
export async function readRule(tx: Tx, ctx: Ctx, id: string): Promise<PriceRule> {
  const [row] = await ruleRows(tx).where(
    and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.id, id)),
  );
  if (!row) throw notFound('priceRule');
  return shapeRule(row);
}

/** Counts the rules that use up the plan's limit. */
export async function countRules(tx: Tx, ctx: Ctx): Promise<number> {
  const [row] = await tx
    .select({ n: sql<string>`count(*)` })
    .from(priceRules)
    .where(eq(priceRules.workspaceId, ctx.workspaceId));
  return Number(row?.n ?? 0);
}

/** Lists price rules, newest first, with pagination. */
export const listRules = defineVerb({
  verb: 'pricing.rules',
  access: 'workspace.read',
  effect: 'read',
  input: listRulesInput,
  output: rulePage,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await ruleRows(tx)
        .where(
          and(
            eq(priceRules.workspaceId, ctx.workspaceId),
            input.listingId ? eq(priceRules.listingId, input.listingId) : undefined,
            input.cursor ? lt(priceRules.id, input.cursor) : undefined,
          ),
        )
        .orderBy(desc(priceRules.id))
        .limit(input.limit + 1);
      const page = rows.slice(0, input.limit).map(shapeRule);
      const [workspace] = await tx
        .select({ plan: workspaces.plan })
        .from(workspaces)
        .where(eq(workspaces.id, ctx.workspaceId));
      return {
        items: page,
        nextCursor: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null,
        used: await countRules(tx, ctx),
        allowed: PLAN_TERMS[workspace?.plan ?? 'free'].limits.priceRules,
      };
    });
  },
});

/** Lists price changes, newest first, with pagination. */
export const listPriceChanges = defineVerb({
  verb: 'pricing.changes',
  access: 'workspace.read',
  effect: 'read',
  input: listChangesInput,
  output: priceChangePage,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rows = await tx
        .select({
          change: priceChanges,
          productTitle: products.title,
          connectionName: connections.remoteName,
        })
        .from(priceChanges)
        .innerJoin(listings, eq(listings.id, priceChanges.listingId))
        .innerJoin(products, eq(products.id, listings.productId))
        .innerJoin(connections, eq(connections.id, listings.connectionId))
        .where(
          and(
            eq(priceChanges.workspaceId, ctx.workspaceId),
            input.listingId ? eq(priceChanges.listingId, input.listingId) : undefined,
            input.cursor ? lt(priceChanges.id, input.cursor) : undefined,
          ),
        )
        .orderBy(desc(priceChanges.id))
        .limit(input.limit + 1);
      const page = rows.slice(0, input.limit).map(
        ({ change, ...rest }): PriceChange => ({
          id: change.id,
          listingId: change.listingId,
          ruleId: change.ruleId,
          fromPrice: change.fromPrice,
          toPrice: change.toPrice,
          currency: change.currency,
          reason: change.reason,
          evidence: change.evidence,
          state: change.state,
          problem: change.problem,
          createdAt: change.createdAt,
          appliedAt: change.appliedAt,
          ...rest,
        }),
      );
      return { items: page, nextCursor: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null };
    });
  },
});
