import { and, eq } from 'drizzle-orm';
import { files } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { detectKind } from './detect-kind';
import { safeFileName } from './file-name';
import { ACCEPTED_LABELS } from './kinds';
import { assertStorage, lockStore } from './storage-limit';
import { type Incoming, receive } from './store';

export const EMPTY = fact('files.errors.empty');

export type FileRow = typeof files.$inferSelect;

/**
 * Stores an uploaded file of at most 20 MB and of an accepted kind, detected from its content. Uploading the same file twice creates one
 * row.
 */
export async function saveFile({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { name: string; content: AsyncIterable<Uint8Array> };
}): Promise<FileRow> {
  return receive(input.content, async (incoming) => {
    if (incoming.bytes === 0) throw new AppError('invalid', EMPTY, { fields: { file: EMPTY } });
    const kind = await detectKind(incoming.head);
    if (!kind)
      throw new AppError('invalid', fact('files.errors.otherKind', { kinds: ACCEPTED_LABELS }), {
        fields: { file: fact('files.errors.chooseKind', { kinds: ACCEPTED_LABELS }) },
      });
    return keep(ctx, safeFileName(input.name, kind), kind.mime, incoming);
  });
}

function keep(ctx: Ctx, name: string, mime: string, incoming: Incoming): Promise<FileRow> {
  const { bytes, sha256, storageKey } = incoming;
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const [same] = await tx
      .select()
      .from(files)
      .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.sha256, sha256), eq(files.name, name)));
    if (!same) await assertStorage(tx, ctx, workspace.plan, bytes);
    await lockStore(tx, 'to keep');
    await incoming.keep();
    // The content may have been lost since.
    if (same) return same;
    const [row] = await tx
      .insert(files)
      .values({
        id: newId('file'),
        workspaceId: ctx.workspaceId,
        name,
        mime,
        bytes,
        sha256,
        storageKey,
        createdAt: ctx.clock.now(),
      })
      .returning();
    if (!row) throw new Error('The file row was not written');
    await recordActivity(tx, ctx, {
      verb: 'file.uploaded',
      subjectType: 'file',
      subjectId: row.id,
      summary: fact('files.activity.uploaded', { name }),
      after: { name, mime, bytes },
    });
    return row;
  });
}
