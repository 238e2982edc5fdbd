import { and, eq } from 'drizzle-orm';
import { files } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import type { Ctx } from '@/server/verbs/context';
import type { FileRow } from './save-file';
import { readStored } from './store';

/** A file of this workspace with its bytes. */
export async function readFileContent({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { id: string };
}): Promise<{ file: FileRow; content: Uint8Array }> {
  const [file] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(files)
      .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, input.id))),
  );
  if (!file) throw notFound('file');
  return { file, content: await readStored(file.storageKey, file.sha256) };
}
