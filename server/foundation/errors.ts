import { type Fact, type FactKey, fact, factOf, inEnglish } from './facts';

/** The closed list of errors that a domain can report. Only adapters translate it to HTTP or tRPC. */
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
 * The only error that domains throw. `fact` describes the problem to the user; it never contains a secret or a raw response of a vendor.
 * `fields` maps the name of an input to its problem. `message` is the same fact in English, for logs.
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
    super(inEnglish(reason), { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fact = reason;
    this.fields = options.fields;
    this.details = options.details;
  }
}

/** Maps the issues that a schema found to the names of their inputs, such as `slots.3`. */
export const problemsByField = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): Record<string, Fact> =>
  Object.fromEntries(error.issues.map(({ path, message }) => [path.map(String).join('.'), factOf(message)]));

/** Whether an error is an AppError, even if it crossed a bundle boundary and lost its class identity. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error;
}

/** Returns the error for a row that does not exist or that the caller may not know of. The two cases are indistinguishable. */
export const notFound = (what: NotFound) => new AppError('not_found', fact(`errors.notFound.${what}`));
export type NotFound =
  Extract<FactKey, `errors.notFound.${string}`> extends `errors.notFound.${infer What}` ? What : never;
