import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files, type Media } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { WorkspaceId } from '@/server/foundation/ids';

/** Reference to a picture, GIF or video in user input. */
export interface MediaNamed {
  fileId: string;
  alt: string;
}

/**
 * Adds the stored facts to files referenced by id. Throws `not_found` for a file of another workspace or one that no post accepts. Runs in
 * the caller's transaction.
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
        // Prevents a long unused file from being removed while a text that references it is being saved.
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
              ...(file.pages === null ? {} : { pages: file.pages }),
            };
          }),
        }),
  }));
}
