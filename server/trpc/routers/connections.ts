import { z } from 'zod';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { chooseAccounts } from '@/server/domains/connections/choose-accounts';
import { disconnect } from '@/server/domains/connections/disconnect';
import { dropChoice } from '@/server/domains/connections/drop-choice';
import { availablePlatforms, listConnections, openChoice } from '@/server/domains/connections/queries';
import {
  availablePlatformSchema,
  choiceIdInput,
  chooseAccountsInput,
  connectionChoiceSchema,
  connectionIdInput,
  connectionSchema,
  disconnectedSchema,
  startConnectionInput,
} from '@/server/domains/connections/schemas';
import { startConnection } from '@/server/domains/connections/start-connection';
import { memberProcedure, router } from '../init';

export const connectionsRouter = router({
  list: memberProcedure('viewer')
    .output(z.array(connectionSchema))
    .query(({ ctx }) => listConnections(ctx.verb)),
  available: memberProcedure('viewer')
    .output(z.array(availablePlatformSchema))
    .query(({ ctx }) => availablePlatforms(ctx.verb)),
  start: memberProcedure('manager')
    .input(startConnectionInput)
    .output(z.object({ url: z.url() }))
    .mutation(({ ctx, input }) => startConnection({ ctx: ctx.verb, input })),
  choice: memberProcedure('viewer')
    .output(connectionChoiceSchema.nullable())
    .query(({ ctx }) => openChoice(ctx.verb)),
  choose: memberProcedure('manager')
    .input(chooseAccountsInput)
    .output(z.object({ connectionIds: z.array(z.string()) }))
    .mutation(({ ctx, input }) => chooseAccounts({ ctx: ctx.verb, input })),
  dropChoice: memberProcedure('manager')
    .input(choiceIdInput)
    .output(z.object({ id: z.string() }))
    .mutation(({ ctx, input }) => dropChoice({ ctx: ctx.verb, input })),
  disconnect: memberProcedure('manager')
    .input(connectionIdInput)
    .output(disconnectedSchema)
    .mutation(({ ctx, input }) => disconnect({ ctx: ctx.verb, input })),
  check: memberProcedure('operator')
    .input(connectionIdInput)
    .output(z.object({ ok: z.boolean(), message: z.string() }))
    .mutation(({ ctx, input }) => checkConnection({ ctx: ctx.verb, input })),
});
