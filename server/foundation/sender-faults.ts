import { logBounded } from './bounded-log';
import { causesOf } from './causes';

/**
 * What a request brings is its sender's: a body that breaks off, an action that no build has, a form that is none. Libraries report these
 * as errors with a stack, and anybody can cause as many as they like. They belong in the log as one short line, now and then, without
 * what was sent.
 */

/** What nobody but Next says, and only of a request. A build has the code that says it in chunks of ours. */
const NEXT_ALONE = /^(Failed to find Server Action|Invalid Server Actions request)/;
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
    /^(Body exceeded .* limit|Maximum array nesting exceeded|Server Action arguments list is too long|BigInt is too large)/,
    'a body that is too large',
  ],
  [/^Connection closed\.?$/, 'a body that broke off'],
];
const GONE = new Set(['AbortError', 'ResponseAborted']);
/** Where Next, React, and Node's server read what a browser sent. */
const READER = /next[\\/]dist[\\/]|react-server-dom|node:_http_(server|incoming)/;
const NOT_OURS = /\bnode:|<anonymous>|[\\/]node_modules[\\/]/;

/** Whether an error says that whoever sent the request has gone, or its connection was cut. For errors of reading a body only. */
export function isSenderGone(error: unknown): boolean {
  for (const at of causesOf(error)) {
    if (!(at instanceof Error)) return false;
    const { code } = at as { code?: unknown };
    if (GONE.has(at.name) || /^aborted$|^terminated$/.test(at.message)) return true;
    if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'UND_ERR_SOCKET')
      return true;
    if (at.message === 'The body of the request was refused') return true;
  }
  return false;
}

/**
 * What a sender got wrong, in our own words, when an error or a line of a library is about that; else null. An error is only when it
 * comes from where requests are read: code of ours recurses too deep, gives up a fetch and parses JSON as well.
 */
export function senderFault(said: unknown): string | null {
  if (typeof said === 'string') return sayingOf(said);
  if (!(said instanceof Error)) return null;
  if (!READER.test(firstFrame(said)) && !NEXT_ALONE.test(said.message)) return null;
  const saying = sayingOf(said.message);
  if (saying) return saying;
  // Next goes along in the stack of a fetch of ours.
  if ((GONE.has(said.name) || said.message === 'aborted') && !framesOf(said).some(isOurs))
    return 'a request that broke off';
  // Arguments of an action are JSON. An error of our own code has a frame of it before those of Next.
  return said.name === 'SyntaxError' ? 'arguments that cannot be read' : null;
}

const sayingOf = (text: string): string | null =>
  SAYINGS.find(([pattern]) => pattern.test(text))?.[1] ?? null;

const framesOf = ({ stack = '' }: Error): string[] =>
  stack.split('\n').filter((line) => /^\s+at /.test(line));
const isOurs = (frame: string): boolean => !NOT_OURS.test(frame);

/** The first file in a stack that is none of Node's, but for those that read requests. */
const firstFrame = (error: Error): string =>
  framesOf(error).find((line) => READER.test(line) || !/\bnode:|<anonymous>/.test(line)) ?? '';

/** The one line about such a request. */
export const logSenderFault = (kind: string): void =>
  logBounded('info', {}, 'a request was refused for what it brought', { kind });
