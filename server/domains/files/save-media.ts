import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files, workspaces } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { lockWorkspace } from '../workspaces/lock-workspace';
import type { MediaFacts } from './facts';
import { safeFileName } from './file-name';
import { MAX_MEDIA_BYTES } from './limits';
import { readMediaFacts } from './media-facts';
import { EMPTY, type FileRow } from './save-file';
import { assertStorage, lockStore } from './storage-limit';
import { type Incoming, receive } from './store';

/**
 * Stores a picture, GIF, video or document for posts: at most 100 MB, with its kind detected from the content, its size in pixels, its length and a
 * small still picture. Rejected files are not stored. The same content uploaded twice is one row, even concurrently.
 */
export async function saveMedia({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { name: string; content: AsyncIterable<Uint8Array> };
}): Promise<FileRow> {
  await roomForOne(ctx);
  return receive(
    input.content,
    async (incoming) => {
      if (incoming.bytes === 0) throw refuse(EMPTY);
      const facts = await readMediaFacts(incoming.file, incoming.bytes);
      if ('refused' in facts) throw refuse(facts.refused);
      return facts.still
        ? receive(once(facts.still), (still) => keep(ctx, input.name, facts, incoming, still))
        : keep(ctx, input.name, facts, incoming, null);
    },
    MAX_MEDIA_BYTES,
  );
}

/** Refuses early if there is no space, before 100 MB have been received. The binding check happens when the file is stored. */
async function roomForOne(ctx: Ctx): Promise<void> {
  await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const [workspace] = await tx
      .select({ plan: workspaces.plan })
      .from(workspaces)
      .where(eq(workspaces.id, ctx.workspaceId));
    if (workspace) await assertStorage(tx, ctx, workspace.plan, 1);
  });
}

function keep(
  ctx: Ctx,
  given: string,
  facts: MediaFacts,
  incoming: Incoming,
  still: Incoming | null,
): Promise<FileRow> {
  const { kind, mime, width, height, durationMs, frames, pages } = facts;
  const name = safeFileName(given, facts);
  const store = async (tx: Tx) => {
    await lockStore(tx, 'to keep');
    await incoming.keep();
    await still?.keep();
  };
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const same = await theSame(tx, ctx, incoming.sha256);
    if (same) {
      // The content may have been lost since. It is in use again, so its removal period starts over.
      await store(tx);
      return same;
    }
    await assertStorage(tx, ctx, workspace.plan, incoming.bytes + (still?.bytes ?? 0));
    await store(tx);
    const [row] = await tx
      .insert(files)
      .values({
        id: newId('file'),
        workspaceId: ctx.workspaceId,
        name,
        mime,
        bytes: incoming.bytes,
        sha256: incoming.sha256,
        storageKey: incoming.storageKey,
        kind,
        width,
        height,
        durationMs,
        frames,
        pages,
        stillKey: still?.storageKey ?? null,
        stillBytes: still?.bytes ?? null,
        createdAt: ctx.clock.now(),
      })
      .onConflictDoNothing({ target: [files.workspaceId, files.sha256], where: sql`kind is not null` })
      .returning();
    if (!row) {
      const first = await theSame(tx, ctx, incoming.sha256);
      if (!first) throw new Error('The file row was not written');
      return first;
    }
    await recordActivity(tx, ctx, {
      verb: 'file.uploaded',
      subjectType: 'file',
      subjectId: row.id,
      summary: fact('files.activity.uploaded', { name }),
      after: { name, mime, bytes: row.bytes, kind, width, height, durationMs },
    });
    return row;
  });
}

/** Returns the row of this content and counts it as used now. */
async function theSame(tx: Tx, ctx: Ctx, sha256: string): Promise<FileRow | null> {
  const [row] = await tx
    .update(files)
    .set({ unusedSince: null })
    .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.sha256, sha256), isNotNull(files.kind)))
    .returning();
  return row ?? null;
}

/** Yields bytes that are already in memory, as a stream. */
export async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
const refuse = (why: Fact): AppError => new AppError('invalid', why, { fields: { file: why } });
