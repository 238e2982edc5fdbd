import { and, eq, sql } from 'drizzle-orm';
import { files, fileVersions, type MediaKind } from '@/db/schema';
import { pictureFits } from '@/server/connectors/kit/media';
import type { MediaLimits, PictureLimits } from '@/server/connectors/kit/types';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { shortHash } from '@/server/foundation/short-hash';
import type { Ctx } from '@/server/verbs/context';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { FITTING, fitPicture } from './fit-picture';
import { MAX_MEDIA_BYTES } from './limits';
import { once } from './save-media';
import { lockStore } from './storage-limit';
import { receive, type Stored, storedPath } from './store';

/** A file in the form in which a platform takes it. */
export interface FileToSend extends Pick<Stored, 'storageKey' | 'bytes'> {
  /** Names what was made of the file; empty for the file itself. */
  variant: string;
  kind: MediaKind;
  name: string;
  mime: string;
  width: number;
  height: number;
}

const EXTENSION: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
};

/** Versions in the making in this process, so that two posts with the same picture make it once. */
const making = new Map<string, Promise<FileToSend>>();

/**
 * Returns a file as a platform with these limits takes it: a picture that does not fit is made smaller or of another type, once, and kept
 * beside the original. Throws `not_found`; `invalid` if the picture cannot be made to fit; `unavailable` if its content is missing, the disk
 * is full or it takes too long. Must not be called inside a transaction.
 */
export async function fileToSend(
  ctx: Ctx,
  fileId: string,
  limits: MediaLimits | null | undefined,
): Promise<FileToSend> {
  const [file] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select()
      .from(files)
      .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, fileId))),
  );
  if (!file?.kind) throw notFound('file');
  const original: FileToSend = {
    variant: '',
    kind: file.kind,
    name: file.name,
    mime: file.mime,
    width: file.width ?? 0,
    height: file.height ?? 0,
    storageKey: file.storageKey,
    bytes: file.bytes,
  };
  if (!limits || file.kind !== 'picture' || pictureFits(limits.pictures, original)) return original;
  const variant = variantFor(limits.pictures);
  const key = `${fileId} ${variant}`;
  let made = making.get(key);
  if (!made) {
    made = versionOf(ctx, fileId, original, variant, limits.pictures).finally(() => making.delete(key));
    making.set(key, made);
  }
  return made;
}

/** Names the version of a picture for these limits. The same limits have the same name. */
function variantFor({ bytes, longestSide, bothSides, mimes }: PictureLimits): string {
  return `${FITTING}-${shortHash(JSON.stringify([bytes, longestSide ?? null, bothSides ?? null, [...mimes].sort()]))}`;
}

async function versionOf(
  ctx: Ctx,
  fileId: string,
  original: FileToSend,
  variant: string,
  limits: PictureLimits,
): Promise<FileToSend> {
  const made = await readVersion(ctx, fileId, variant);
  if (made && (await isThere(made.storageKey))) return { ...original, ...made };
  const picture = await fitPicture({ ...original, file: await storedPath(original.storageKey) }, limits);
  if (!picture) throw new AppError('invalid', fact('files.problems.cannotFit'));
  const { mime, width, height } = picture;
  return receive(
    once(picture.content),
    (incoming) =>
      ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
        await lockWorkspace(tx, ctx.workspaceId);
        await lockStore(tx, 'to keep');
        await incoming.keep();
        const { storageKey, bytes } = incoming;
        const content = { storageKey, bytes, mime, width, height };
        // Its storage is counted, but a post does not fail for want of it.
        await tx
          .insert(fileVersions)
          .values({ workspaceId: ctx.workspaceId, fileId, variant, ...content, createdAt: ctx.clock.now() })
          .onConflictDoUpdate({ target: [fileVersions.fileId, fileVersions.variant], set: content });
        return { ...original, ...content, variant, name: named(original.name, mime) };
      }),
    MAX_MEDIA_BYTES,
  );
}

/** Returns a version that was made earlier; null if there is none. */
async function readVersion(ctx: Pick<Ctx, 'db' | 'workspaceId'>, fileId: string, variant: string) {
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({
        variant: fileVersions.variant,
        storageKey: fileVersions.storageKey,
        bytes: fileVersions.bytes,
        mime: fileVersions.mime,
        width: fileVersions.width,
        height: fileVersions.height,
        original: files.name,
      })
      .from(fileVersions)
      .innerJoin(files, eq(files.id, fileVersions.fileId))
      .where(
        and(
          eq(fileVersions.workspaceId, ctx.workspaceId),
          eq(fileVersions.fileId, fileId),
          eq(fileVersions.variant, variant),
          sql`${files.workspaceId} = ${ctx.workspaceId}`,
        ),
      ),
  );
  if (!row) return null;
  const { original, ...made } = row;
  return { ...made, name: named(original, made.mime) };
}

const isThere = (storageKey: string): Promise<boolean> =>
  storedPath(storageKey).then(
    () => true,
    () => false,
  );
const named = (name: string, mime: string): string =>
  `${name.replace(/\.\w+$/, '')}.${EXTENSION[mime] ?? 'bin'}`;
