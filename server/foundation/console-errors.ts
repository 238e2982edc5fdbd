import { inspect, stripVTControlCharacters } from 'node:util';
import { logBounded } from './bounded-log';
import { isDatabaseAway } from './database-away';
import { cleanText, type DescribedError, describeError, withoutAddresses } from './error-text';
import { logSenderFault, senderFault } from './sender-faults';

const LEVELS = { error: 'error', warn: 'warn', log: 'info', info: 'info', debug: 'info' } as const;
type Method = keyof typeof LEVELS;

/** Characters of a text, frames of a stack and errors of a group that are written down. */
const LONGEST = 500;
const MAX_FRAMES = 30;
const MAX_ERRORS = 5;
/** Causes of causes that are written down. */
const DEEPEST = 4;

const shared = globalThis as typeof globalThis & { __tributaryConsole?: true };

/**
 * Next and libraries print by themselves what pages throw, what they refuse and what they were asked for. From now on what a sender got
 * wrong is one short line of our log (sender-faults.ts), a database that is away is not told for each request again (request-outage.ts),
 * and everything else is a line of our log too: one line however it was written, without addresses, tokens and values of queries, of
 * bounded length, and each kind at most once in a while (bounded-log.ts).
 */
export function watchConsole(): void {
  if (shared.__tributaryConsole) return;
  shared.__tributaryConsole = true;
  const target = globalThis.console;
  for (const method of Object.keys(LEVELS) as Method[]) target[method] = quieted(target[method], method);
}

/** The same for one way of printing. `print` is used only when there is no log: without readable settings. */
export function quieted(
  print: (...said: unknown[]) => void,
  method: Method = 'error',
): (...said: unknown[]) => void {
  return (...said) => {
    const errors = said.filter((one) => one instanceof Error);
    if (errors.some(isDatabaseAway)) return;
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
      ...(text.trim() === '' ? {} : { text: tame(text) }),
      ...(errors.length > 0 ? { err: tameError(errors[0]) } : {}),
      ...(errors.length > 1 ? { errors: errors.slice(1, MAX_ERRORS).map((error) => tameError(error)) } : {}),
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

/**
 * A text that a stranger may have a part in, for the log: on one line, of bounded length, without the values of a query, e-mail
 * addresses (also encoded for a URL), the values of a URL's query, and whatever is long and random enough to be a token.
 */
export function tame(text: string): string {
  // Far more than is kept, and little enough to look at.
  const cut = text.slice(0, 20 * LONGEST);
  const line = stripVTControlCharacters(cleanText(cut)).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ');
  const clean = withoutAddresses(line.replace(/%(?:25)*40/gi, '@'))
    .replace(/([?&;][\w.[\]%-]{1,64}=)[^&;#\s"'`]+/g, '$1…')
    .replace(/[\w~+/-]*[\w~+-]{24,}[\w~+=-]*/g, (word) => (/\d/.test(word) ? '…' : word))
    .trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}

/** An error for the log, with its texts made tame. */
function tameError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return tame(textOf(error));
  const { type, message, errorCode, constraint } = describeError(
    error,
    Number.POSITIVE_INFINITY,
  ) as DescribedError;
  const head = `${tame(type)}: ${tame(message)}`;
  const { errors } = error as Error & { errors?: unknown };
  const deeper = depth < DEEPEST;
  return {
    type: tame(type),
    message: tame(message),
    stack: [head, ...framesOf(error).slice(0, MAX_FRAMES)].join('\n'),
    ...(errorCode ? { errorCode: tame(errorCode) } : {}),
    ...(constraint ? { constraint: tame(constraint) } : {}),
    ...(deeper && error.cause !== undefined ? { cause: tameError(error.cause, depth + 1) } : {}),
    ...(deeper && Array.isArray(errors)
      ? { errors: errors.slice(0, MAX_ERRORS).map((one) => tameError(one, depth + 1)) }
      : {}),
  };
}

/** The frames of an error's stack: files of the build. A line of its message may look like one. */
function framesOf({ stack = '', message }: Error): string[] {
  const said = new Set(message.split('\n'));
  return stack
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line) && !said.has(line))
    .map(withoutAddresses);
}

/** What lines count as the same: errors of one place in the code, and texts whose first part begins alike. */
function kindOf(said: readonly unknown[]): string {
  const error = said.find((one) => one instanceof Error);
  const [frame] = error ? framesOf(error) : [];
  if (error && frame) return tame(`${error.name} ${frame.trim()}`);
  const parts = said.map((one) => tame(one instanceof Error ? one.message : textOf(one)));
  const words = parts.find((part) => /\p{L}/u.test(part))?.match(/\p{L}+/gu) ?? [];
  return words.slice(0, 3).join(' ').slice(0, 60);
}
