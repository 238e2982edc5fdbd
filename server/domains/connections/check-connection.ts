import { z } from 'zod';
import { fact, factOutput } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { checkAccess } from './check-access';
import { refreshNewLimits } from './refresh-limits';
import { connectionIdInput } from './schemas';

/** Checks with the platform whether a connection works. A refused connection is marked, and one that is accepted again works again. */
export const checkConnection = defineVerb({
  verb: 'connections.check',
  access: 'connections.check',
  effect: 'change',
  input: connectionIdInput,
  output: z.object({ ok: z.boolean(), message: factOutput }),
  run: async (ctx, { id }) => {
    const fault = await checkAccess(ctx, id);
    if (!fault) await refreshNewLimits(ctx, [id]);
    return fault
      ? { ok: false, message: fault.fact }
      : { ok: true, message: fact('connections.notes.works') };
  },
});
