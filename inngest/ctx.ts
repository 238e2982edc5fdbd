import { asWorkspaceId } from '@/server/foundation/ids';
import { type Ctx, systemActor } from '@/server/verbs/context';
import { services } from './services';

/** Creates the context in which a background function calls verbs. The workspace id comes from a signed event or from a row. */
export async function systemCtx(workspaceId: string, name: string): Promise<Ctx> {
  return {
    ...(await services()),
    workspaceId: asWorkspaceId(workspaceId),
    actor: systemActor(name),
  };
}
