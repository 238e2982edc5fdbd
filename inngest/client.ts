import { type ClientOptions, Inngest } from 'inngest';
import { getDb } from '@/db/client';
import { logBounded } from '@/server/foundation/bounded-log';
import { causesOf } from '@/server/foundation/causes';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { safeMessage, withoutAddresses } from '@/server/foundation/error-text';
import { log } from '@/server/foundation/log';
import { secrets } from '@/server/foundation/secrets';
import { embeddedFetch } from './embedded/intake';
import { runLog } from './middleware/run-log';

/**
 * The SDK's messages for a call whose signature is missing or wrong. They are matched in full so that no other message is taken for one.
 */
const UNSIGNED =
  /^((No|Invalid) x-inngest-signature provided|Invalid signature|Signature has expired|Signature validation failed)$/i;
/** The SDK's messages when the server rejected our registration. */
const UNREGISTERED =
  /^(Failed to register|Couldn't unpack register response|Invalid register response schema)$/;
const reasonsOf = (error: unknown): string[] =>
  causesOf(error).flatMap((one) => (one instanceof Error ? [withoutAddresses(safeMessage(one))] : []));

type Write = (message: unknown, ...rest: unknown[]) => void;
/**
 * Writes the SDK's messages to the log of the process. Failures of functions are left to the run log. Anyone can send a call with a wrong
 * signature or ask us to register, and a wrong key or address in the settings looks the same, so these are logged at a limited rate and
 * without a stack.
 */
export const writer = (level: 'debug' | 'info' | 'warn' | 'error'): Write => {
  return (first, ...rest) => {
    const message = typeof first === 'object' && first !== null ? String(rest[0] ?? '') : String(first);
    const { err } = (first ?? {}) as { err?: unknown };
    const reason = err instanceof Error ? err.message : undefined;
    if (UNSIGNED.test(reason ?? message))
      logBounded('warn', {}, 'a call to the background functions had no valid signature');
    else if (UNREGISTERED.test(message))
      logBounded('warn', { reason: reasonsOf(err) }, 'registration with the Inngest server failed');
    else if (typeof first === 'object' && first !== null) log()[level](first, message);
    else log()[level](message);
  };
};

const viaRunner = embeddedFetch(getDb, systemClock);

// Settings are read when needed and not when this file is loaded, because a build has none.
const options: ClientOptions = {
  id: 'tributary',
  checkpointing: false,
  aiMetadata: false,
  middleware: [runLog.Middleware],
  logger: { debug: writer('debug'), info: writer('debug'), warn: writer('warn'), error: writer('debug') },
  internalLogger: {
    debug: writer('debug'),
    info: writer('debug'),
    warn: writer('warn'),
    error: writer('error'),
  },
  fetch: ((input, init) =>
    env().externalInngest ? fetch(input, init) : viaRunner(input, init)) as typeof fetch,
};
Object.defineProperties(options, {
  // The embedded runner signs its calls, as Inngest Cloud does. An unsigned request runs nothing.
  isDev: { get: () => (env().externalInngest ? undefined : false) },
  signingKey: { get: () => (env().externalInngest ? undefined : secrets().inngestSigningKey) },
  eventKey: { get: () => (env().externalInngest ? undefined : 'embedded') },
});

/** The app's Inngest client for events and functions. The settings decide whether Inngest or the embedded runner does the work. */
export const inngest = new Inngest(options);
