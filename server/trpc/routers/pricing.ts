import { z } from 'zod';
import { listPriceChanges, listRules } from '@/server/domains/pricing/queries';
import { requestPriceChange } from '@/server/domains/pricing/request-price-change';
import { removeRule, saveRule } from '@/server/domains/pricing/save-rule';
import {
  listChangesInput,
  listRulesInput,
  priceChangePage,
  requestPriceInput,
  ruleIdInput,
  ruleOutput,
  rulePage,
  saveRuleInput,
} from '@/server/domains/pricing/schemas';
import { memberProcedure, router } from '../init';

const idOutput = z.object({ id: z.string() });

export const pricingRouter = router({
  rules: memberProcedure('viewer')
    .input(listRulesInput)
    .output(rulePage)
    .query(({ ctx, input }) => listRules({ ctx: ctx.verb, input })),
  changes: memberProcedure('viewer')
    .input(listChangesInput)
    .output(priceChangePage)
    .query(({ ctx, input }) => listPriceChanges({ ctx: ctx.verb, input })),
  saveRule: memberProcedure('operator')
    .input(saveRuleInput)
    .output(ruleOutput)
    .mutation(({ ctx, input }) => saveRule({ ctx: ctx.verb, input })),
  removeRule: memberProcedure('operator')
    .input(ruleIdInput)
    .output(idOutput)
    .mutation(({ ctx, input }) => removeRule({ ctx: ctx.verb, input })),
  changePrice: memberProcedure('operator')
    .input(requestPriceInput)
    .output(idOutput)
    .mutation(({ ctx, input }) => requestPriceChange({ ctx: ctx.verb, input })),
});
