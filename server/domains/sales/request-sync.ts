import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { syncStatus } from './queries';
import { requestSyncInput, requestSyncOutput } from './schemas';

/** Requests a sync of one connection or of all that sell. The work is done in the background. */
export const requestSync = defineVerb({
  verb: 'sales.sync',
  access: 'sales.sync',
  effect: 'change',
  input: requestSyncInput,
  output: requestSyncOutput,
  run: async (ctx, input) => {
    const { connectionId } = input;
    const all = await syncStatus(ctx);
    const wanted = connectionId ? all.filter((row) => row.connectionId === connectionId) : all;
    if (connectionId && wanted.length === 0) throw notFound('connection');
    const usable = wanted.filter((row) => row.status === 'active');
    if (usable.length === 0)
      throw new AppError(
        'invalid',
        fact(wanted.length === 0 ? 'sales.errors.noShop' : 'sales.errors.renewFirst'),
      );
    for (const row of usable)
      await ctx.events.publish('selling/sync.requested', {
        workspaceId: ctx.workspaceId,
        connectionId: row.connectionId,
      });
    return { requested: usable.length };
  },
});
