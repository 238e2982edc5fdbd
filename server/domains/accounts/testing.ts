import type { OpenedSession } from './open-session';
import type { CodeAsked } from './sign-in-code';

/** The session of a sign-in that a test expects to succeed at once. */
export function opened(outcome: OpenedSession | CodeAsked): OpenedSession {
  if (outcome.kind !== 'open') throw new Error('a code was asked for');
  return outcome;
}

/** The browser's secret of a sign-in that a test expects to ask for a code. */
export function codeAsked(outcome: OpenedSession | CodeAsked): string {
  if (outcome.kind !== 'code') throw new Error('no code was asked for');
  return outcome.browser;
}
