import { ConnectorFault, isConnectorFault, MEDIA_GONE } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { forgetMedia } from './forget-media';

/**
 * Translates the refusal of a post whose media the platform does not have (any more): the media is uploaded again, and the post is retried
 * after that. While an earlier attempt is unresolved, the refusal may mean that the post took the media, so it is looked up instead. Any
 * other error is returned unchanged.
 */
export async function mediaGone(
  ctx: Ctx,
  {
    publicationId,
    media,
    priorUnseen,
  }: { publicationId: string; media: readonly unknown[]; priorUnseen: number },
  ahead: boolean,
  error: unknown,
): Promise<unknown> {
  if (!ahead || media.length === 0 || !isConnectorFault(error) || error.options.vendorCode !== MEDIA_GONE)
    return error;
  if (priorUnseen > 0) return new ConnectorFault('unknown_outcome', error.fact, error.options);
  await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    forgetMedia(tx, ctx.workspaceId, publicationId, { now: ctx.clock.now() }),
  );
  return new ConnectorFault(
    'transient',
    fact('uploads.problems.uploadedAgain', { problem: error.fact }),
    error.options,
  );
}
