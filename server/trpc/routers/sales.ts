import { listSales, syncStatus } from '@/server/domains/sales/queries';
import { requestSync } from '@/server/domains/sales/request-sync';
import {
  listSalesInput,
  requestSyncInput,
  requestSyncOutput,
  salePage,
  syncStatusOutput,
} from '@/server/domains/sales/schemas';
import { memberProcedure, router } from '../init';

export const salesRouter = router({
  list: memberProcedure('viewer')
    .input(listSalesInput)
    .output(salePage)
    .query(({ ctx, input }) => listSales({ ctx: ctx.verb, input })),
  syncStatus: memberProcedure('viewer')
    .output(syncStatusOutput)
    .query(({ ctx }) => syncStatus({ ctx: ctx.verb })),
  sync: memberProcedure('operator')
    .input(requestSyncInput)
    .output(requestSyncOutput)
    .mutation(({ ctx, input }) => requestSync({ ctx: ctx.verb, input })),
});
