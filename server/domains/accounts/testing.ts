import type { Client, VisitorCtx } from '@/server/verbs/context';
import type { OpenedSession } from './open-session';
import type { CodeAsked } from './sign-in-code';

/** Returns the session of a sign-in that a test expects to succeed without a code. */
export function opened(outcome: OpenedSession | CodeAsked): OpenedSession {
  if (outcome.kind !== 'open') throw new Error('expected a sign-in without a code');
  return outcome;
}

/** Returns the browser's secret of a sign-in that a test expects to require a code. */
export function codeAsked(outcome: OpenedSession | CodeAsked): string {
  if (outcome.kind !== 'code') throw new Error('expected a sign-in that requires a code');
  return outcome.browser;
}

type VisitorVerb<I, O> = (ctx: VisitorCtx, input: I) => Promise<O>;
/** Adapts a verb for visitors to tests, which pass the client's properties along with the input. */
export const byVisitor =
  <I, O>(verb: VisitorVerb<I, O>) =>
  ({ ctx, input }: { ctx: Omit<VisitorCtx, 'client'>; input: I & Partial<Client> }): Promise<O> => {
    const { ip = '192.0.2.1', userAgent = null, locale } = input;
    return verb(
      { db: ctx.db, clock: ctx.clock, events: ctx.events, client: { ip, userAgent, locale } },
      input,
    );
  };
