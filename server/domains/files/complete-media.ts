import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files, type Media } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { WorkspaceId } from '@/server/foundation/ids';

/** A picture, GIF or video as a person names it. */
export interface MediaNamed {
  fileId: string;
  alt: string;
}

/**
 * Files by id, with what is known of them. Throws `not_found` for a file that is not this workspace's, or that no post takes. Inside a
 * transaction of the caller.
 */
export async function completeMedia<T extends { media?: readonly MediaNamed[] | undefined }>(
  tx: Tx,
  workspaceId: WorkspaceId,
  texts: readonly T[],
): Promise<(Omit<T, 'media'> & { media?: Media[] })[]> {
  const ids = [...new Set(texts.flatMap((t) => (t.media ?? []).map((m) => m.fileId)))];
  const found = ids.length
    ? await tx
        .select()
        .from(files)
        .where(and(eq(files.workspaceId, workspaceId), inArray(files.id, ids), isNotNull(files.kind)))
        // What nobody used for a week is not removed while a text that names it is being saved.
        .for('key share')
    : [];
  const byId = new Map(found.map((f) => [f.id, f]));
  return texts.map(({ media, ...text }) => ({
    ...text,
    ...(media === undefined
      ? {}
      : {
          media: media.map(({ fileId, alt }): Media => {
            const file = byId.get(fileId);
            if (!file?.kind) throw notFound('file');
            return {
              fileId,
              alt,
              kind: file.kind,
              mime: file.mime,
              bytes: file.bytes,
              width: file.width ?? 0,
              height: file.height ?? 0,
              durationMs: file.durationMs,
              frames: file.frames,
            };
          }),
        }),
  }));
}
