import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { files, users } from '@/db/schema';
import { DEFAULT_LOCALE } from '@/i18n/locales';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { once, saveMedia } from '../files/save-media';
import { readProduct } from '../products/queries';
import { coverImage } from './cover';
import { LISTING_PICTURE_LABELS, LISTING_PICTURES } from './picture-kinds';
import { drawPictureInput, pictureOutput } from './schemas';

/**
 * Draws a title card for a product and stores it as a file, so that a user can look at it and choose it. Sends nothing. A card that is not
 * chosen is deleted after a week, like every unused picture.
 */
export const drawPicture = defineVerb({
  verb: 'listings.drawPicture',
  access: 'listings.write',
  effect: 'change',
  input: drawPictureInput,
  output: pictureOutput,
  run: async (ctx, input) => {
    const card = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const { title, kind } = await readProduct(tx, ctx, input.productId);
      return { title, kind, locale: await localeOf(tx, ctx) };
    });
    const { name, bytes } = await coverImage(card);
    const file = await saveMedia({ ctx, input: { name, content: once(bytes) } });
    return { fileId: file.id };
  },
});

/** The language in which the user last signed in. */
async function localeOf(tx: Tx, { actor }: Ctx): Promise<string> {
  if (!('userId' in actor)) return DEFAULT_LOCALE;
  const [user] = await tx.select({ locale: users.locale }).from(users).where(eq(users.id, actor.userId));
  return user?.locale ?? DEFAULT_LOCALE;
}

/** Rejects a file that cannot be a listing's picture: another workspace's file, or a format that shops do not accept. */
export async function assertPicture(tx: Tx, ctx: Ctx, pictureId: string): Promise<void> {
  const [file] = await tx
    .select({ mime: files.mime, kind: files.kind })
    .from(files)
    .where(and(eq(files.workspaceId, ctx.workspaceId), eq(files.id, pictureId)));
  if (!file) throw notFound('picture');
  if (file.kind === null || !LISTING_PICTURES.includes(file.mime))
    throw new AppError('invalid', fact('listings.errors.pictureKind', { kinds: LISTING_PICTURE_LABELS }), {
      fields: { pictureId: fact('listings.errors.choosePictureKind', { kinds: LISTING_PICTURE_LABELS }) },
    });
}
