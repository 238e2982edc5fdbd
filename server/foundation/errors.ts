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

/** The codes in responses of adapters: those of the domains, and `internal` for an error of our own, which a retry does not fix. */
export type ResponseCode = ErrorCode | 'internal';

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

/** The part of Zod's issues that is read here. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string | undefined;
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
}

/**
 * Returns the fact of an issue. Our schemas encode their messages as facts (`asMessage`). Any other issue comes from input that no form
 * sends, such as a number instead of a string, and gets a message by its Zod code.
 */
export function issueFact({ code, message, expected = '', values, keys }: Issue): Fact {
  const own = factOf(message);
  if (own) return own;
  if (code === 'invalid_type')
    // Zod reports the value's type in its own text only.
    return /received undefined$/.test(message)
      ? fact('validation.missing')
      : fact('validation.type', { expected });
  if (code === 'invalid_value' && values)
    return fact('validation.oneOf', { values: { list: values.map((value) => String(value)), as: 'or' } });
  if (code === 'unrecognized_keys' && keys)
    return fact('validation.unknownKeys', { keys: { list: [...keys], as: 'or' } });
  return fact('validation.again');
}

/** Maps the issues that a schema found to the names of their inputs, such as `slots.3`. */
export const problemsByField = (error: { readonly issues: readonly Issue[] }): Record<string, Fact> =>
  Object.fromEntries(error.issues.map((issue) => [issue.path.map(String).join('.'), issueFact(issue)]));

/** Whether an error is an AppError, even if it crossed a bundle boundary and lost its class identity. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error;
}

/** Returns the error for a row that does not exist or that the caller may not know of. The two cases are indistinguishable. */
export const notFound = (what: NotFound) => new AppError('not_found', fact(`errors.notFound.${what}`));
export type NotFound =
  Extract<FactKey, `errors.notFound.${string}`> extends `errors.notFound.${infer What}` ? What : never;
