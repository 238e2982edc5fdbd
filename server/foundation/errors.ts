import { DATABASE_AWAY_WORDS, isDatabaseAway } from './database-away';

/** The closed list of what can go wrong in a domain. Adapters alone translate it to HTTP or tRPC. */
export type ErrorCode =
  | 'not_found'
  | 'forbidden'
  | 'unauthenticated'
  | 'invalid'
  | 'conflict'
  | 'limit_reached'
  | 'rate_limited'
  | 'platform_failed'
  | 'unavailable';

/**
 * The one error that domains throw. `message` is a sentence for the person; it never holds a secret or a raw vendor
 * answer. `fields` maps an input's name to what is wrong with it.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: Record<string, string> | undefined;
  readonly details: Record<string, string | number | boolean> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      fields?: Record<string, string>;
      details?: Record<string, string | number | boolean>;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = options.fields;
    this.details = options.details;
  }
}

/** What a schema found wrong, by the name of the input: `slots.3`. */
export const problemsByField = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): Record<string, string> =>
  Object.fromEntries(error.issues.map(({ path, message }) => [path.map(String).join('.'), message]));

/** True for an AppError, also one that crossed a bundle boundary and lost its class identity. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error;
}

export const notFound = (what: string) =>
  new AppError('not_found', `We could not find this ${what}. It may have been removed.`);
export const forbidden = (what: string) =>
  new AppError(
    'forbidden',
    `Your role in this workspace does not allow you to ${what}. Ask an owner or a manager.`,
  );

/**
 * What PostgreSQL answers to a value that it cannot hold (class 22 of its error codes, without those that a computation of ours causes):
 * too long or too large, no number, no date or one out of range, no UTF-8 or U+0000, and an escape in JSON that stands for no character.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
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

/** Whether an error, or what caused it, is the database's refusal to hold a value. */
export const isUnstorable = (error: unknown): boolean => hasCode(error, (code) => UNSTORABLE.has(code));

/** Whether an error, or what caused it, says that such a row is there already (unique_violation): somebody was faster. */
export const isDuplicate = (error: unknown): boolean => hasCode(error, (code) => code === '23505');

function hasCode(error: unknown, is: (code: string) => boolean): boolean {
  let at: unknown = error;
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth++) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && is(code)) return true;
    at = cause;
  }
  return false;
}

/**
 * What an error means at a door, for a person: an AppError as it is; what a schema or the database refused is `invalid`; what is there already
 * is a `conflict`; a database that is away is `unavailable`. Null for an error of our own. The types of inputs.ts refuse first and in
 * better words: this is the second net, for a value that came past them.
 */
export function refusalOf(error: unknown): AppError | null {
  if (isAppError(error)) return error;
  if (error instanceof Error && error.name === 'ZodError')
    return new AppError('invalid', 'Some fields need another look.', {
      fields: problemsByField(error as unknown as Parameters<typeof problemsByField>[0]),
      cause: error,
    });
  if (isDatabaseAway(error)) return new AppError('unavailable', DATABASE_AWAY_WORDS, { cause: error });
  if (isUnstorable(error))
    return new AppError('invalid', 'Something in this cannot be stored. Look at it again.', { cause: error });
  if (isDuplicate(error))
    return new AppError('conflict', 'Somebody did the same at this moment. Load the page again.', {
      cause: error,
    });
  return null;
}
