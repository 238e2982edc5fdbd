import { asWorkspaceId } from '@/server/foundation/ids';
import { type Ctx, systemActor } from '@/server/verbs/context';
import { services } from './services';

/** What a verb needs when a background function calls it. The workspace id comes from a signed event or from a row. */
export async function systemCtx(workspaceId: string, name: string): Promise<Ctx> {
  return {
    ...(await services()),
    workspaceId: asWorkspaceId(workspaceId),
    actor: systemActor(name),
  };
}
