import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { connections } from '@/db/schema';
import { checkAccount } from '@/server/connectors/host/call';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { fact, factOutput } from '@/server/foundation/facts';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import { defineVerb } from '@/server/verbs/define';
import { loadTarget } from './load-target';
import { markBroken } from './mark-broken';
import { refreshNewLimits } from './refresh-limits';
import { connectionIdInput } from './schemas';

/** Checks with the platform whether a connection works. A refused connection is marked. */
export const checkConnection = defineVerb({
  verb: 'connections.check',
  access: 'connections.check',
  effect: 'change',
  input: connectionIdInput,
  output: z.object({ ok: z.boolean(), message: factOutput }),
  run: async (ctx, input) => {
    const { id } = input;
    try {
      const { target } = await loadTarget(ctx, id);
      const { name } = await checkAccount(target);
      await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
        tx
          .update(connections)
          .set({
            lastUsedAt: ctx.clock.now(),
            ...(name ? { remoteName: withoutBrokenEnd(truncateText(name, 200)) } : {}),
          })
          .where(eq(connections.id, id)),
      );
      await refreshNewLimits(ctx, [id]);
      return { ok: true, message: fact('connections.notes.works') };
    } catch (error) {
      if (!isConnectorFault(error)) throw error;
      if (error.kind === 'reauth') await markBroken(ctx, id, error);
      return { ok: false, message: error.fact };
    }
  },
});
