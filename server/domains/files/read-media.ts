import { and, eq, isNotNull } from 'drizzle-orm';
import { files } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import type { FileRow } from './save-file';

/** A picture, GIF or video of this workspace, without its bytes. Throws `not_found`, also for a file of another sort. */
export async function readMedia({ ctx, input }: { ctx: Ctx; input: { id: string } }): Promise<FileRow> {
  const [file] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(files)
      .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, input.id), isNotNull(files.kind))),
  );
  if (!file) throw notFound('file');
  return file;
}
