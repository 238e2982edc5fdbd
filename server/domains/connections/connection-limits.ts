import { ne } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections } from '@/db/schema';
import { platformManifest } from '@/server/connectors/registry';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { PLAN_TERMS, type Plan } from '../plans/plans';

/** Counts the connections that use up the plan's limit. */
export async function countConnections(tx: Tx): Promise<number> {
  return tx.$count(connections, ne(connections.status, 'disconnected'));
}

/** Throws if the plan does not include the platform. */
export function assertPlatformInPlan(plan: Plan, platform: string): void {
  if (PLAN_TERMS[plan].platforms.includes(platform)) return;
  throw new AppError(
    'limit_reached',
    fact('connections.errors.notInPlan', {
      plan: PLAN_TERMS[plan].name,
      platform: platformManifest(platform).name,
    }),
    { details: { platform } },
  );
}
