import { and, eq } from 'drizzle-orm';
import { files } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { idInput } from '@/server/foundation/inputs';
import { defineVerb } from '@/server/verbs/define';
import { downloadOutput } from './schemas';
import { readStored } from './store';

/** Returns a file of this workspace with its bytes. */
export const downloadFile = defineVerb({
  verb: 'files.download',
  permission: 'workspace.read',
  effect: 'read',
  input: idInput('file'),
  output: downloadOutput,
  run: async (ctx, input) => {
    const [file] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select()
        .from(files)
        .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, input.id))),
    );
    if (!file) throw notFound('file');
    const content = await readStored(file.storageKey, file.sha256);
    return { name: file.name, mime: file.mime, content };
  },
});
