import { AppError, notFound } from '@/server/foundation/errors';
import { defineVerb } from '@/server/verbs/define';
import { syncStatus } from './queries';
import { requestSyncInput, requestSyncOutput } from './schemas';

/** Asks for a sync now, of one connection or of all that sell. The work itself is done in the background. */
export const requestSync = defineVerb({
  verb: 'sales.sync',
  permission: 'sales.sync',
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
        wanted.length === 0
          ? 'There is no shop to sync yet. Connect one first.'
          : 'The connection has to be renewed first. Open Connections and reconnect it.',
      );
    for (const row of usable)
      await ctx.events.publish('selling/sync.requested', {
        workspaceId: ctx.workspaceId,
        connectionId: row.connectionId,
      });
    return { requested: usable.length };
  },
});
