import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { priceRules } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { plain } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { readListing } from '../listings/queries';
import { assertWithinLimit } from '../plans/plans';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { countRules, readRule } from './queries';
import { ruleIdInput, ruleOutput, saveRuleInput } from './schemas';

/** Sets the price rule of a listing: a new one within the plan's limit, or a change of the one that was seen. */
export const saveRule = defineVerb({
  verb: 'pricing.saveRule',
  permission: 'prices.write',
  effect: 'change',
  input: saveRuleInput,
  output: ruleOutput,
  run: async (ctx, input) => {
    const { listingId, version, ...data } = input;
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const workspace = await lockWorkspace(tx, ctx.workspaceId);
      const listing = await readListing(tx, ctx, listingId);
      if (listing.state === 'delisted')
        throw new AppError('invalid', 'This listing was taken down. A rule would have nothing to do.');
      const [before] = await tx
        .select()
        .from(priceRules)
        .where(and(eq(priceRules.workspaceId, ctx.workspaceId), eq(priceRules.listingId, listingId)));
      if ((before?.version ?? undefined) !== version)
        throw new AppError('conflict', 'Somebody else has changed this rule since you opened it.');
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
        summary: plain(
          `${before ? 'Changed' : 'Set'} the price rule of “${listing.productTitle}” on ${listing.connectionName}${data.active ? '' : ' (paused)'}`,
        ),
      });
      return readRule(tx, ctx, id);
    });
  },
});

/** Removes a price rule. Changes that it has made stay on record. */
export const removeRule = defineVerb({
  verb: 'pricing.removeRule',
  permission: 'prices.write',
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
        summary: plain(`Removed the price rule of “${rule.productTitle}” on ${rule.connectionName}`),
      });
      return { id: rule.id };
    });
  },
});
