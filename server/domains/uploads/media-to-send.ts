import { sql } from 'drizzle-orm';
import { rowsOf } from '@/db/statements';
import type { FileMedia, PostMedia, RemoteMedia } from '@/server/connectors/kit/post-media';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { AppError } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import { fileToSend } from '../files/file-to-send';
import { ADDRESS_LIFETIME_MS, addressOf } from '../files/public-address';
import { openStored } from '../files/stored-stream';
import { unreachable } from './unreachable';

/**
 * Returns the media of a publication in the way in which its platform takes it: the ids of its uploads, with descriptions if it takes these
 * with the post, or the files to send with it, or their public addresses. Pictures are first made to fit the platform's limits. Throws `invalid` if one cannot be made to fit, or if the
 * platform could not fetch from here; `unavailable` if a file cannot be read now. Must not be called inside a transaction.
 */
export async function mediaToSend(
  ctx: Ctx,
  {
    publicationId,
    uploaded,
    environment,
  }: { publicationId: string; uploaded: readonly RemoteMedia[]; environment: 'live' | 'sandbox' },
  traits: PlatformTraits | null,
): Promise<readonly PostMedia[]> {
  const limits = traits?.media;
  if (!limits || uploaded.length === 0) return uploaded;
  if (limits.way === 'ahead' && !limits.alt.withPost) return uploaded;
  const problem = limits.way === 'ahead' ? null : unreachable(traits, environment);
  if (problem) throw new AppError('invalid', problem);
  const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    rowsOf<{ file_id: string; alt: string | null }>(
      tx,
      sql`select m.file_id, p.media -> m.position ->> 'alt' as alt
        from publication_media m join publications p on p.id = m.publication_id and p.workspace_id = m.workspace_id
        where m.publication_id = ${publicationId} and m.workspace_id = ${ctx.workspaceId} order by m.position`,
    ),
  );
  if (limits.way === 'ahead')
    return uploaded.map((one, at) => {
      const alt = rows[at]?.alt;
      return alt ? { ...one, alt } : one;
    });
  const until = new Date(ctx.clock.now().getTime() + ADDRESS_LIFETIME_MS);
  const media: PostMedia[] = [];
  for (const { file_id: fileId, alt } of rows) {
    const file = await fileToSend(ctx, fileId, limits);
    const { kind, name, mime, bytes, width, height, variant } = file;
    const sent = { kind, name, mime, bytes, width, height, alt: alt ?? '' };
    media.push(
      limits.way === 'by_address'
        ? { ...sent, url: addressOf({ workspaceId: ctx.workspaceId, fileId, variant, until }) }
        : ({ ...sent, open: () => openStored(file) } satisfies FileMedia),
    );
  }
  return media;
}
