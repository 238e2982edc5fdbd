import { AppError, isAppError } from '@/server/foundation/errors';
import { fact, nameOf } from '@/server/foundation/facts';

/** Maximum size of a file, in bytes, and of a picture, GIF or video of a post. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;
export const MAX_MEDIA_BYTES = 100 * 1024 * 1024;
/** In megabytes, rounded up to a tenth, so that a size above a limit never reads like the limit. */
export const sizeInMb = (bytes: number): number => Math.ceil((bytes / 1024 / 1024) * 10) / 10;
/** `bytes` is the size of the file, if it is known before all of it has arrived. */
export const tooLarge = (most = MAX_FILE_BYTES, bytes?: number): AppError => {
  const mb = sizeInMb(most);
  const said =
    bytes === undefined
      ? fact('files.errors.tooLarge', { mb })
      : fact('files.errors.tooLargeBy', { mb, size: sizeInMb(bytes) });
  return new AppError('invalid', said, {
    fields: { file: fact('files.errors.largerThan', { mb }) },
  });
};

/** Whether a file was refused because of its size. */
export const isTooLarge = (error: unknown): boolean =>
  isAppError(error) &&
  ['files.errors.tooLarge', 'files.errors.tooLargeBy'].includes(nameOf(error.fact) ?? '');
