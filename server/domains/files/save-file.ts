import { and, eq } from 'drizzle-orm';
import { files } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { recordActivity } from '../activity/record-activity';
import { type Ctx, requireRole } from '../context';
import { safeFileName } from './file-name';
import { ACCEPTED_LABELS, detectKind } from './kinds';
import { storeStream } from './store';

export type FileRow = typeof files.$inferSelect;

/** Keeps an uploaded file: at most 20 MB and of an accepted kind, told by its content. The same file twice is one row. */
export async function saveFile({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { name: string; content: AsyncIterable<Uint8Array> };
}): Promise<FileRow> {
  requireRole(ctx, 'operator', 'upload files');
  const stored = await storeStream(input.content);
  if (stored.bytes === 0)
    throw new AppError('invalid', 'This file is empty.', { fields: { file: 'This file is empty.' } });
  const kind = detectKind(stored.head);
  if (!kind)
    throw new AppError('invalid', `This file is not one of these kinds: ${ACCEPTED_LABELS}.`, {
      fields: { file: `Choose a file of one of these kinds: ${ACCEPTED_LABELS}.` },
    });
  const name = safeFileName(input.name, kind);
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [same] = await tx
      .select()
      .from(files)
      .where(
        and(eq(files.workspaceId, ctx.workspaceId), eq(files.sha256, stored.sha256), eq(files.name, name)),
      );
    if (same) return same;
    const [row] = await tx
      .insert(files)
      .values({
        id: newId('file'),
        workspaceId: ctx.workspaceId,
        name,
        mime: kind.mime,
        bytes: stored.bytes,
        sha256: stored.sha256,
        storageKey: stored.storageKey,
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
