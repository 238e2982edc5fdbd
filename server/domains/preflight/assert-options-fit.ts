import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, type publications } from '@/db/schema';
import { readOptions } from '@/server/connectors/kit/options';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { optionTerms } from '@/server/verbs/platforms';
import { contentProblem, optionFields, optionPost } from './check-targets';

/**
 * Throws `invalid` if the platform no longer takes the content or the options of a publication, so that it would fail at its time. They are
 * changed by editing the post.
 */
export async function assertOptionsFit(
  tx: Tx,
  { workspaceId, platforms }: Pick<Ctx, 'workspaceId' | 'platforms'>,
  row: typeof publications.$inferSelect,
): Promise<void> {
  const { connectionId, options } = row;
  const [connection] = await tx
    .select({ platform: connections.platform, limits: connections.limits })
    .from(connections)
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, connectionId)));
  if (!connection) throw notFound('account');
  const { platform, limits } = connection;
  const traits = platforms.traits(platform, limits);
  const isPost = row.kind === 'post' && traits !== null;
  const refused = isPost ? contentProblem(row, traits.name, traits) : null;
  if (refused) throw new AppError('invalid', refused);
  const terms = optionTerms(platforms, platform, limits);
  const { problems } = readOptions(terms, options, isPost ? optionPost(row, traits) : null);
  const [first, ...more] = problems;
  if (first)
    throw new AppError('invalid', more.length === 0 ? first.message : fact('preflight.errors.someRefused'), {
      fields: optionFields(connectionId, problems),
    });
}
