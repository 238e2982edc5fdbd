import { MAX_CAUSES } from './causes';

/**
 * Error texts that are safe to store and show. Database libraries put the values of a query into their messages ("params: …", "Key
 * (email)=(…)"): hashes, tokens and addresses, which must not appear on a page or in any log, including that of background work.
 */

/** Fields of database errors that repeat values of rows and queries (https://www.postgresql.org/docs/current/protocol-error-fields.html). */
const SENSITIVE_FIELDS = ['params', 'detail', 'hint', 'where', 'internalQuery', 'queryOptions', 'parameters'];
const FRAME = /^\s+at .+:\d+:\d+\)?$/;

type Fields = Error & Record<string, unknown>;

const isSqlState = (value: unknown): boolean => typeof value === 'string' && /^[0-9A-Z]{5}$/.test(value);
/** Whether an error comes from PostgreSQL itself, through any driver. */
const isDatabaseError = (error: Fields): boolean =>
  isSqlState(error.code) && (typeof error.severity === 'string' || typeof error.routine === 'string');

/** Blanks out the literals of an SQL text, since values are not always passed as parameters. */
const blankLiterals = (sql: string): string => sql.replace(/'(?:[^']|'')*'?/g, "'…'");

/** Removes the values of a query from a text that may contain the message of a failed query. */
export function cleanText(text: string): string {
  return text.replace(
    /Failed query: ([\s\S]*?)(?:\nparams: [\s\S]*)?$/,
    (_, sql: string) => `Failed query: ${blankLiterals(sql)}`,
  );
}

/**
 * Removes e-mail addresses from a text for the log. Mail servers, and libraries that repeat what was sent, put them into their messages.
 */
export const withoutAddresses = (text: string): string =>
  text.replace(/[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '…@…');

/** Returns the message of an error without the values of a query. Use it wherever a message is stored or shown. */
export function safeMessage(error: unknown): string {
  if (!(error instanceof Error)) return cleanText(String(error));
  const fields = error as Fields;
  // Data exceptions repeat the value in quotation marks: "invalid input syntax for type uuid: "…"", "invalid byte sequence …".
  if (
    isDatabaseError(fields) &&
    /^(22|23)/.test(String(fields.code)) &&
    typeof fields.constraint !== 'string'
  )
    return error.message.replace(/"[\s\S]*"/, '"…"').replace(/: [^"\s][\s\S]*$/, ': …');
  return cleanText(error.message);
}

function safeStack(error: Error, message: string): string | undefined {
  if (typeof error.stack !== 'string') return undefined;
  return [`${error.name}: ${message}`, ...error.stack.split('\n').filter((line) => FRAME.test(line))].join(
    '\n',
  );
}

/**
 * Removes the values of a query from an error and all of its causes, in place, so that nothing that logs, stores or sends it later can leak
 * them.
 */
export function scrubError<T>(error: T, depth = 0): T {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return error;
  const fields = error as unknown as Fields;
  const message = safeMessage(error);
  const known = isDatabaseError(fields) || ('query' in fields && 'params' in fields);
  if (message !== error.message || known) {
    const stack = safeStack(error, message);
    for (const [name, value] of Object.entries({ message, stack }))
      Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
    for (const name of SENSITIVE_FIELDS) if (name in fields) Reflect.deleteProperty(fields, name);
    if (typeof fields.query === 'string') fields.query = blankLiterals(fields.query);
  }
  scrubError(fields.cause, depth + 1);
  if (Array.isArray(fields.errors)) for (const one of fields.errors) scrubError(one, depth + 1);
  return error;
}

export interface DescribedError {
  type: string;
  message: string;
  stack?: string;
  /** The database's SQLSTATE, or a library's name for the error. */
  errorCode?: string;
  constraint?: string;
  cause?: unknown;
  errors?: unknown[];
}

/**
 * Describes an error as plain data for the log, without the values of a query at any depth of its causes. Texts are cleaned, and all other
 * values are returned unchanged.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error))
    return typeof error === 'string' ? withoutAddresses(cleanText(error)) : error;
  const fields = error as Fields;
  const message = withoutAddresses(safeMessage(error));
  const stack = safeStack(error, message);
  const described: DescribedError = { type: error.name, message };
  if (stack) described.stack = stack;
  if (typeof fields.code === 'string') described.errorCode = fields.code;
  if (typeof fields.constraint === 'string') described.constraint = fields.constraint;
  if (depth < MAX_CAUSES) {
    if (fields.cause !== undefined) described.cause = describeError(fields.cause, depth + 1);
    if (Array.isArray(fields.errors))
      described.errors = fields.errors.map((one) => describeError(one, depth + 1));
  }
  return described;
}
