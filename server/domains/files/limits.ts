import { AppError, isAppError } from '@/server/foundation/errors';
import { fact, nameOf } from '@/server/foundation/facts';

/** Maximum size of a file, in bytes, and of a picture, GIF or video of a post. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;
export const MAX_MEDIA_BYTES = 100 * 1024 * 1024;
export const tooLarge = (most = MAX_FILE_BYTES): AppError => {
  const mb = most / 1024 / 1024;
  return new AppError('invalid', fact('files.errors.tooLarge', { mb }), {
    fields: { file: fact('files.errors.largerThan', { mb }) },
  });
};

/** Whether a file was refused because of its size. */
export const isTooLarge = (error: unknown): boolean =>
  isAppError(error) && nameOf(error.fact) === 'files.errors.tooLarge';
