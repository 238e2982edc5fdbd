import { and, eq, isNotNull } from 'drizzle-orm';
import { files } from '@/db/schema';
import { notFound } from '@/server/foundation/errors';
import { defineVerb } from '@/server/verbs/define';
import { parseRange } from './range';
import type { FileRow } from './save-file';
import { readMediaInput, readMediaOutput } from './schemas';
import type { Stored } from './store';
import { streamStored } from './stored-stream';

/** Maximum size of a range response; players request a file in parts. */
const MAX_CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Reads a picture, GIF, video or document of this workspace, whole or in part; a part is truncated to 4 MB. Throws `not_found`, also for a file of
 * another kind and for the small picture of one that has none, and `unavailable` if the content is missing.
 */
export const readMedia = defineVerb({
  verb: 'files.media',
  access: 'workspace.read',
  effect: 'read',
  input: readMediaInput,
  output: readMediaOutput,
  run: async (ctx, { id, size, range }) => {
    const [file] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select()
        .from(files)
        .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, id), isNotNull(files.kind))),
    );
    if (!file) throw notFound('file');
    const shown = size === 'small' ? smallOf(file) : file;
    if (!shown) throw notFound('picture');
    const { mime, bytes } = shown;
    const asked = parseRange(range ?? null, bytes);
    if (asked === 'unsatisfiable') return { mime, bytes, part: null, content: null };
    const from = asked?.from ?? 0;
    const length = asked ? Math.min(asked.last - from + 1, MAX_CHUNK_BYTES) : bytes;
    const part = asked && { from, last: from + length - 1 };
    return { mime, bytes, part, content: await streamStored(shown, { from, length }) };
  },
});

type Content = Pick<Stored, 'storageKey' | 'bytes'>;

/** Returns the small still picture of a file, the file itself if it is a picture without one, or null for a video or a document. */
function smallOf(file: FileRow): (Content & { mime: string }) | null {
  if (file.stillKey !== null && file.stillBytes !== null)
    return { storageKey: file.stillKey, bytes: file.stillBytes, mime: 'image/webp' };
  return file.kind === 'video' || file.kind === 'document' ? null : file;
}
