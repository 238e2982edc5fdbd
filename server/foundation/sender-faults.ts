import { logBounded } from './bounded-log';

/**
 * What a request brings is its sender's: a body that breaks off, an action that no build has, a form that is none. Libraries report these
 * as errors with a stack, and anybody can cause as many as they like. They belong in the log as one short line, now and then, without
 * what was sent.
 */

/** What libraries say of a request that its sender got wrong (Next, React's reader of arguments, busboy). By the first words. */
const SAYINGS: readonly [RegExp, string][] = [
  [/^Failed to find Server Action/, 'an action that this build does not have'],
  [/^Invalid Server Actions request/, 'an action that came from elsewhere'],
  [/header with value `.*` does not match `/, 'an action that came from elsewhere'],
  [/headers are not provided\. One of these is needed to compare/, 'an action that came from elsewhere'],
  [
    /^(Unexpected end of form|Malformed part header|Multipart: Boundary not found|Missing `boundary`|Unsupported content type)/i,
    'a form that cannot be read',
  ],
  [
    /^(Body exceeded .* limit|Maximum array nesting exceeded|Maximum .* exceeded)/,
    'a body that is too large',
  ],
  [/^Connection closed\.?$/, 'a body that broke off'],
];
const GONE = new Set(['AbortError', 'ResponseAborted']);
/** Where Next and React read what a browser sent. */
const READER = /next[\\/]dist[\\/]|react-server-dom/;

/** Whether an error says that whoever sent the request has gone, or its connection was cut. For errors of reading a body only. */
export function isSenderGone(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (GONE.has(at.name) || /^aborted$|^terminated$/.test(at.message)) return true;
    if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'UND_ERR_SOCKET')
      return true;
    if (at.message === 'The body of the request was refused') return true;
  }
  return false;
}

/** What a sender got wrong, in our own words, when an error or a line of a library is about that; else null. */
export function senderFault(said: unknown): string | null {
  const text = said instanceof Error ? said.message : typeof said === 'string' ? said : '';
  const saying = SAYINGS.find(([pattern]) => pattern.test(text));
  if (saying) return saying[1];
  if (!(said instanceof Error)) return null;
  if (GONE.has(said.name) || text === 'aborted') return 'a request that broke off';
  // Arguments of an action are JSON. An error of our own code has a frame of it before those of Next.
  if (said.name === 'SyntaxError' && READER.test(firstFrame(said))) return 'arguments that cannot be read';
  return null;
}

/** The first file in a stack that is none of Node's. */
function firstFrame({ stack = '' }: Error): string {
  return (
    stack.split('\n').find((line) => /^\s+at /.test(line) && !/\(node:|<anonymous>|at node:/.test(line)) ?? ''
  );
}

/** The one line about such a request. */
export const logSenderFault = (kind: string): void =>
  logBounded('info', {}, 'a request was refused for what it brought', { kind });
