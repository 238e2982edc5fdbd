import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, type publications } from '@/db/schema';
import { readOptions } from '@/server/connectors/kit/options';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { platformName } from '@/server/verbs/platforms';
import { optionFields } from './check-targets';

/**
 * Throws `invalid` if the platform no longer takes the options of a publication, so that it would fail at its time. They are changed by
 * editing the post.
 */
export async function assertOptionsFit(
  tx: Tx,
  { workspaceId, platforms }: Pick<Ctx, 'workspaceId' | 'platforms'>,
  { connectionId, options }: Pick<typeof publications.$inferSelect, 'connectionId' | 'options'>,
): Promise<void> {
  const [connection] = await tx
    .select({ platform: connections.platform })
    .from(connections)
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, connectionId)));
  if (!connection) throw notFound('account');
  const { platform } = connection;
  const declared = platforms.traits(platform)?.options ?? [];
  const { problems } = readOptions(declared, options, platformName(platforms, platform));
  const [first, ...more] = problems;
  if (first)
    throw new AppError('invalid', more.length === 0 ? first.message : fact('preflight.errors.someRefused'), {
      fields: optionFields(connectionId, problems),
    });
}
