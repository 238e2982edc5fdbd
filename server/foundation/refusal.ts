import { logBounded } from './bounded-log';
import { causesOf } from './causes';
import { isDatabaseUnreachable } from './database-unreachable';
import { AppError, isAppError, problemsByField } from './errors';
import { fact } from './facts';

/**
 * Codes with which PostgreSQL refuses values that it cannot store (class 22 of its error codes, except for those that our own computations
 * cause): too long or too large, not a number, not a date or one out of range, not UTF-8 or U+0000, and an escape in JSON that represents
 * no character. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNSTORABLE = new Set([
  '22001',
  '22003',
  '22007',
  '22008',
  '22009',
  '22021',
  '22023',
  '22030',
  '22032',
  '22P02',
  '22P03',
  '22P05',
]);

/** Whether an error, or one of its causes, means that the database cannot store a value. */
export const isUnstorable = (error: unknown): boolean => hasCode(error, (code) => UNSTORABLE.has(code));

const UNIQUE_VIOLATION = '23505';
/** Whether an error, or one of its causes, means that such a row already exists (unique_violation), because another request was faster. */
export const isDuplicate = (error: unknown): boolean => hasCode(error, (code) => code === UNIQUE_VIOLATION);

function hasCode(error: unknown, is: (code: string) => boolean): boolean {
  return errorWithCode(error, is) !== undefined;
}

function errorWithCode(error: unknown, is: (code: string) => boolean): object | undefined {
  return causesOf(error).find((one) => {
    const { code } = one as { code?: unknown };
    return typeof code === 'string' && is(code);
  });
}

/**
 * Returns the error that a user sees for an exception: an AppError as it is, `invalid` for what a schema or the database rejected,
 * `conflict` for a row that already exists (which is also logged), and `unavailable` if the database is down. Returns null for an error of
 * our own. The types of inputs.ts reject invalid values first, with better messages; this is the safety net for values that got past them.
 */
export function refusalOf(error: unknown): AppError | null {
  if (isAppError(error)) return error;
  if (error instanceof Error && error.name === 'ZodError')
    return new AppError('invalid', fact('errors.fields'), {
      fields: problemsByField(error as unknown as Parameters<typeof problemsByField>[0]),
      cause: error,
    });
  if (isDatabaseUnreachable(error))
    return new AppError('unavailable', fact('errors.databaseUnreachable'), { cause: error });
  if (isUnstorable(error)) return new AppError('invalid', fact('errors.unstorable'), { cause: error });
  const duplicate = errorWithCode(error, (code) => code === UNIQUE_VIOLATION);
  if (duplicate) {
    // Either another request was faster, or our own code writes a row twice. The constraint tells which.
    const { constraint } = duplicate as { constraint?: unknown };
    const kind = typeof constraint === 'string' ? constraint : 'unknown';
    logBounded('warn', { err: error }, 'unexpected violation of a unique constraint', { kind });
    return new AppError('conflict', fact('errors.sameMoment'), {
      cause: error,
    });
  }
  return null;
}
