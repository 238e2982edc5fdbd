import { and, eq } from 'drizzle-orm';
import { files } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { idInput } from '@/server/foundation/inputs';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { downloadOutput } from './schemas';
import { readStored } from './store';
import { streamStored } from './stored-stream';

/** Returns the row of a file of this workspace. Throws `not_found`. */
async function readFileRow(ctx: Ctx, id: string) {
  const [file] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(files)
      .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, id))),
  );
  if (!file) throw notFound('file');
  return file;
}

/** Returns a file of this workspace with its bytes in memory. Throws `not_found`, and `unavailable` if the content is missing. */
export async function readFileContent(ctx: Ctx, id: string) {
  const file = await readFileRow(ctx, id);
  return { name: file.name, mime: file.mime, content: await readStored(file.storageKey, file.sha256) };
}

/** Returns a file of this workspace as a stream. Throws `not_found`, and `unavailable` if the content is missing. */
export const downloadFile = defineVerb({
  verb: 'files.download',
  access: 'workspace.read',
  effect: 'read',
  input: idInput('file'),
  output: downloadOutput,
  run: async (ctx, { id }) => {
    const file = await readFileRow(ctx, id);
    const { name, mime, bytes, sha256 } = file;
    return { name, mime, bytes, content: await streamStored(file, { length: bytes, sha256 }) };
  },
});
