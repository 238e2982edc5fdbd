import { described, type Fact, type FactKey, fact, factOf } from './facts';

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
 * The one error that domains throw. `fact` says what is wrong, for the person; it never holds a secret or a raw vendor answer. `fields`
 * maps an input's name to what is wrong with it. `message` is the same in English, for logs.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fact: Fact;
  readonly fields: Record<string, Fact> | undefined;
  readonly details: Record<string, string | number | boolean> | undefined;

  constructor(
    code: ErrorCode,
    reason: Fact,
    options: {
      fields?: Record<string, Fact>;
      details?: Record<string, string | number | boolean>;
      cause?: unknown;
    } = {},
  ) {
    super(described(reason), { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fact = reason;
    this.fields = options.fields;
    this.details = options.details;
  }
}

/** What a schema found wrong, by the name of the input: `slots.3`. */
export const problemsByField = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): Record<string, Fact> =>
  Object.fromEntries(error.issues.map(({ path, message }) => [path.map(String).join('.'), factOf(message)]));

/** True for an AppError, also one that crossed a bundle boundary and lost its class identity. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error;
}

/** A row that is not there, or that the asker may not know of: both are told alike. */
export const notFound = (what: NotFound) => new AppError('not_found', fact(`errors.notFound.${what}`));
export type NotFound =
  Extract<FactKey, `errors.notFound.${string}`> extends `errors.notFound.${infer What}` ? What : never;
