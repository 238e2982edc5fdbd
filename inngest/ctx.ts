import { getDb } from '@/db/client';
import type { Ctx } from '@/server/domains/context';
import { systemClock } from '@/server/foundation/clock';
import { asWorkspaceId } from '@/server/foundation/ids';
import { signals } from './signals';

/** What a verb needs when a background function calls it. The workspace id comes from a signed event or from a row. */
export async function systemCtx(workspaceId: string, name: string): Promise<Ctx> {
  return {
    db: await getDb(),
    clock: systemClock,
    signals,
    workspaceId: asWorkspaceId(workspaceId),
    actor: { kind: 'system', name },
    role: 'owner',
  };
}
