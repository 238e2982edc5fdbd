import { logBounded } from './bounded-log';
import { causesOf } from './causes';

/**
 * Errors caused by the sender of a request: a body that breaks off, an action that no build has, an invalid form. Libraries report these as
 * errors with a stack, and anyone can cause any number of them. They belong in the log as one short line, once in a while, without what was
 * sent.
 */

/**
 * Messages that only Next writes, and only about requests. In a build, the code that writes them is part of our own chunks, so stack frames
 * do not identify it.
 */
const NEXT_ONLY = /^(Failed to find Server Action|Invalid Server Actions request)/;
/** What libraries (Next, React's argument parser, busboy) write about a request that its sender got wrong, by the first words. */
const FAULT_MESSAGES: readonly [RegExp, string][] = [
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

/** Whether an error means that the client has disconnected or its connection was cut. Only for errors of reading a body. */
export function isSenderGone(error: unknown): boolean {
  for (const at of causesOf(error)) {
    if (!(at instanceof Error)) return false;
    const { code } = at as { code?: unknown };
    if (GONE.has(at.name) || /^aborted$|^terminated$/.test(at.message)) return true;
    if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'UND_ERR_SOCKET')
      return true;
    if (at.message === 'The request body was refused') return true;
  }
  return false;
}

/**
 * Returns what a sender got wrong, in our own words, or null if an error or a library's message is not about that. An error only counts if
 * it comes from code that reads requests, because our own code can recurse too deep, abort a fetch and parse JSON as well.
 */
export function senderFault(said: unknown): string | null {
  if (typeof said === 'string') return faultOf(said);
  if (!(said instanceof Error)) return null;
  if (!READER.test(firstFrame(said)) && !NEXT_ONLY.test(said.message)) return null;
  const saying = faultOf(said.message);
  if (saying) return saying;
  // The stack of a fetch in our own code contains frames of Next, too.
  if ((GONE.has(said.name) || said.message === 'aborted') && !framesOf(said).some(isOurs))
    return 'a request that broke off';
  // The arguments of an action are JSON. An error of our own code has one of its frames before those of Next.
  return said.name === 'SyntaxError' ? 'arguments that cannot be read' : null;
}

const faultOf = (text: string): string | null =>
  FAULT_MESSAGES.find(([pattern]) => pattern.test(text))?.[1] ?? null;

const framesOf = ({ stack = '' }: Error): string[] =>
  stack.split('\n').filter((line) => /^\s+at /.test(line));
const isOurs = (frame: string): boolean => !NOT_OURS.test(frame);

/** Returns the first frame of a stack that is outside of Node, or in code that reads requests. */
const firstFrame = (error: Error): string =>
  framesOf(error).find((line) => READER.test(line) || !/\bnode:|<anonymous>/.test(line)) ?? '';

/** Logs the one line about such a request. */
export const logSenderFault = (kind: string): void =>
  logBounded('info', {}, 'a malformed request was refused', { kind });
