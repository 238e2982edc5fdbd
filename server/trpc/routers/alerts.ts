import { z } from 'zod';
import { listAlerts } from '@/server/domains/alerts/queries';
import { resolveAlertById } from '@/server/domains/alerts/resolve-alert';
import { alertIdInput, alertOutput, listAlertsInput } from '@/server/domains/alerts/schemas';
import { memberProcedure, router } from '../init';

export const alertsRouter = router({
  list: memberProcedure('viewer')
    .input(listAlertsInput)
    .output(z.array(alertOutput))
    .query(({ ctx, input }) => listAlerts({ ctx: ctx.verb, input })),
  resolve: memberProcedure('operator')
    .input(alertIdInput)
    .output(alertOutput)
    .mutation(({ ctx, input }) => resolveAlertById({ ctx: ctx.verb, input })),
});
