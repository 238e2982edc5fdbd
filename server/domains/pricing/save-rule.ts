import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { priceRules } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { readListing } from '../listings/queries';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { countRules, readRule } from './queries';
import { ruleIdInput, ruleOutput, saveRuleInput } from './schemas';

type Settings = Pick<
  typeof priceRules.$inferSelect,
  'active' | 'minViews' | 'windowHours' | 'stepBasisPoints' | 'cooldownHours'
>;
const settingsOf = ({ active, minViews, windowHours, stepBasisPoints, cooldownHours }: Settings) => ({
  active,
  minViews,
  windowHours,
  stepBasisPoints,
  cooldownHours,
});

/** Saves the price rule of a listing: creates one within the plan's limit, or updates the version that the user saw. */
export const saveRule = defineVerb({
  verb: 'pricing.saveRule',
  access: 'prices.write',
  effect: 'change',
  input: saveRuleInput,
  output: ruleOutput,
  run: async (ctx, input) => {
    const { listingId, version, ...data } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      const listing = await readListing(tx, ctx, listingId);
      if (listing.state === 'delisted') throw new AppError('invalid', fact('pricing.errors.takenDown'));
      const [before] = await tx
        .select()
        .from(priceRules)
        .where(and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.listingId, listingId)));
      if ((before?.version ?? undefined) !== version)
        throw new AppError('conflict', fact('pricing.errors.ruleChanged'));
      const id = before?.id ?? newId('priceRule');
      if (before)
        await tx
          .update(priceRules)
          .set({ ...data, version: before.version + 1 })
          .where(and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.id, id)));
      else {
        assertWithinLimit(workspace.plan, 'priceRules', await countRules(tx, ctx));
        await tx.insert(priceRules).values({
          ...data,
          id,
          workspaceId: ctx.workspaceId,
          listingId,
          createdAt: ctx.clock.now(),
        });
      }
      await recordActivity(tx, ctx, {
        verb: before ? 'price_rule.updated' : 'price_rule.created',
        subjectType: 'listing',
        subjectId: listingId,
        summary: fact(before ? 'pricing.activity.ruleChanged' : 'pricing.activity.ruleSet', {
          title: listing.productTitle,
          account: listing.connectionName,
          active: data.active ? 'yes' : 'no',
        }),
        ...(before ? { before: settingsOf(before) } : {}),
        after: settingsOf(data),
      });
      return readRule(tx, ctx, id);
    });
  },
});

/** Removes a price rule. The changes it made stay on record. */
export const removeRule = defineVerb({
  verb: 'pricing.removeRule',
  access: 'prices.write',
  effect: 'change',
  input: ruleIdInput,
  output: z.object({ id: z.string() }),
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const rule = await readRule(tx, ctx, input.id);
      await tx
        .delete(priceRules)
        .where(and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.id, rule.id)));
      await recordActivity(tx, ctx, {
        verb: 'price_rule.removed',
        subjectType: 'listing',
        subjectId: rule.listingId,
        summary: fact('pricing.activity.ruleRemoved', {
          title: rule.productTitle,
          account: rule.connectionName,
        }),
        before: settingsOf(rule),
      });
      return { id: rule.id };
    });
  },
});
