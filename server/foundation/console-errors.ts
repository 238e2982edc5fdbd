import { inspect, stripVTControlCharacters } from 'node:util';
import { logBounded } from './bounded-log';
import { isDatabaseUnreachable } from './database-unreachable';
import { cleanText, type DescribedError, describeError, withoutAddresses } from './error-text';
import { logSenderFault, senderFault } from './sender-faults';
import { truncateText } from './storable';

const LEVELS = { error: 'error', warn: 'warn', log: 'info', info: 'info', debug: 'info' } as const;
type Method = keyof typeof LEVELS;

/** Limits of a log entry: characters per text, frames per stack, errors per group. */
const LONGEST = 500;
const MAX_FRAMES = 30;
const MAX_ERRORS = 5;
/** Maximum depth of the causes that are logged. */
const DEEPEST = 4;

const shared = globalThis as typeof globalThis & { __tributaryConsole?: true };

/**
 * Routes console output to the app's log. Next and libraries print what pages throw, what they reject and what was requested. Errors caused
 * by a sender become one short line (sender-faults.ts), and an unreachable database is not logged again for each request
 * (request-outage.ts). Everything else becomes a single line of bounded length, without addresses, tokens and query values, and each kind
 * is logged only once in a while (bounded-log.ts).
 */
export function redirectConsole(): void {
  if (shared.__tributaryConsole) return;
  shared.__tributaryConsole = true;
  const target = globalThis.console;
  for (const method of Object.keys(LEVELS) as Method[]) target[method] = wrapMethod(target[method], method);
}

/** Wraps one console method accordingly. `print` is used only if there is no log because the settings cannot be read. */
export function wrapMethod(
  print: (...said: unknown[]) => void,
  method: Method = 'error',
): (...said: unknown[]) => void {
  return (...said) => {
    const errors = said.filter((one) => one instanceof Error);
    if (errors.some(isDatabaseUnreachable)) return;
    const fault = (errors.length > 0 ? errors : said.slice(0, 1))
      .map(senderFault)
      .find((one) => one !== null);
    if (fault) {
      logSenderFault(fault);
      return;
    }
    const text = said
      .filter((one) => !(one instanceof Error))
      .map(textOf)
      .join(' ');
    const line = {
      ...(text.trim() === '' ? {} : { text: sanitize(text) }),
      ...(errors.length > 0 ? { err: sanitizeError(errors[0]) } : {}),
      ...(errors.length > 1
        ? { errors: errors.slice(1, MAX_ERRORS).map((error) => sanitizeError(error)) }
        : {}),
    };
    if (Object.keys(line).length === 0) return;
    try {
      logBounded(LEVELS[method], line, 'printed by a library', { kind: kindOf(said) });
    } catch {
      print(JSON.stringify(line));
    }
  };
}

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : inspect(value, {
        depth: 2,
        breakLength: Number.POSITIVE_INFINITY,
        maxArrayLength: 10,
        maxStringLength: LONGEST,
      });

/** Removes what moves the cursor, changes colours or reverses the direction of a terminal's text, and line ends. */
const onOneLine = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ');

/** Prepares a name that anybody may have given for a terminal: on one line, of bounded length. */
export function printable(name: string): string {
  const line = onOneLine(truncateText(name, 2 * LONGEST)).trim();
  return line.length > LONGEST ? `${truncateText(line, LONGEST)}…` : line;
}

/**
 * Prepares a text that a client may have influenced for the log: on one line, of bounded length, without query values, e-mail addresses
 * (also URL-encoded), values of a URL's query string, and anything long and random enough to be a token.
 */
export function sanitize(text: string): string {
  // Far more than is kept, but little enough to process.
  const cut = truncateText(text, 20 * LONGEST);
  const line = onOneLine(cleanText(cut));
  const clean = withoutAddresses(line.replace(/%(?:25)*40/gi, '@'))
    .replace(/([?&;][\w.[\]%-]{1,64}=)[^&;#\s"'`]+/g, '$1…')
    .replace(/[\w~+/-]*[\w~+-]{24,}[\w~+=-]*/g, (word) => (/\d/.test(word) ? '…' : word))
    .trim();
  return clean.length > LONGEST ? `${truncateText(clean, LONGEST)}…` : clean;
}

/** Describes an error for the log, with all of its texts passed through `tame`. */
function sanitizeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return sanitize(textOf(error));
  const { type, message, errorCode, constraint } = describeError(
    error,
    Number.POSITIVE_INFINITY,
  ) as DescribedError;
  const head = `${sanitize(type)}: ${sanitize(message)}`;
  const { errors } = error as Error & { errors?: unknown };
  const deeper = depth < DEEPEST;
  return {
    type: sanitize(type),
    message: sanitize(message),
    stack: [head, ...framesOf(error).slice(0, MAX_FRAMES)].join('\n'),
    ...(errorCode ? { errorCode: sanitize(errorCode) } : {}),
    ...(constraint ? { constraint: sanitize(constraint) } : {}),
    ...(deeper && error.cause !== undefined ? { cause: sanitizeError(error.cause, depth + 1) } : {}),
    ...(deeper && Array.isArray(errors)
      ? { errors: errors.slice(0, MAX_ERRORS).map((one) => sanitizeError(one, depth + 1)) }
      : {}),
  };
}

/**
 * Returns the frames of an error's stack, which point to files of the build. Lines of its message are left out, because they may look like
 * frames.
 */
function framesOf({ stack = '', message }: Error): string[] {
  const said = new Set(message.split('\n'));
  return stack
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line) && !said.has(line))
    .map(withoutAddresses);
}

/** Returns the key by which entries count as the same kind: the place in the code for errors, the first words for texts. */
function kindOf(said: readonly unknown[]): string {
  const error = said.find((one) => one instanceof Error);
  const [frame] = error ? framesOf(error) : [];
  if (error && frame) return sanitize(`${error.name} ${frame.trim()}`);
  const parts = said.map((one) => sanitize(one instanceof Error ? one.message : textOf(one)));
  const words = parts.find((part) => /\p{L}/u.test(part))?.match(/\p{L}+/gu) ?? [];
  return truncateText(words.slice(0, 3).join(' '), 60);
}
