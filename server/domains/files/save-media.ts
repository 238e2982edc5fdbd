import { and, eq, isNotNull } from 'drizzle-orm';
import { files } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { recordActivity } from '../activity/record-activity';
import { type Ctx, requireRole } from '../context';
import { safeFileName } from './file-name';
import { type MediaFacts, readMediaFacts } from './media-facts';
import type { FileRow } from './save-file';
import { MAX_MEDIA_BYTES, storeStream } from './store';

/**
 * Keeps a picture, GIF or video for posts: at most 100 MB, told by its content, with its size in pixels and its length. What is
 * not taken is not kept. The same content twice is one row.
 */
export async function saveMedia({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { name: string; content: AsyncIterable<Uint8Array> };
}): Promise<FileRow> {
  requireRole(ctx, 'operator', 'upload files');
  let facts: MediaFacts | undefined;
  const stored = await storeStream(input.content, MAX_MEDIA_BYTES, async (read, bytes) => {
    if (bytes === 0) throw refuse('This file is empty.');
    const found = await readMediaFacts(read, bytes);
    if ('refused' in found) throw refuse(found.refused);
    facts = found;
  });
  if (!facts) throw new Error('The file was kept without being looked at');
  const { kind, mime, width, height, durationMs } = facts;
  const name = safeFileName(input.name, facts);
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [same] = await tx
      .select()
      .from(files)
      .where(
        and(eq(files.workspaceId, ctx.workspaceId), eq(files.sha256, stored.sha256), isNotNull(files.kind)),
      );
    if (same) return same;
    const [row] = await tx
      .insert(files)
      .values({
        id: newId('file'),
        workspaceId: ctx.workspaceId,
        name,
        mime,
        bytes: stored.bytes,
        sha256: stored.sha256,
        storageKey: stored.storageKey,
        kind,
        width,
        height,
        durationMs,
        createdAt: ctx.clock.now(),
      })
      .returning();
    if (!row) throw new Error('The file row was not written');
    await recordActivity(tx, ctx, {
      verb: 'file.uploaded',
      subjectType: 'file',
      subjectId: row.id,
      summary: `Uploaded ${name}`,
    });
    return row;
  });
}

const refuse = (why: string): AppError => new AppError('invalid', why, { fields: { file: why } });
