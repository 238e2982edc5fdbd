import pino from 'pino';
import { env } from './env';
import { describeError } from './error-text';

const REDACT = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'credentials',
  'cookie',
  'code',
  'codeVerifier',
];

/** Creates a log that writes one JSON line per event, removes secrets by name at two depths, and contains no values of failed queries. */
export const createLog = (level: string, to?: pino.DestinationStream): pino.Logger =>
  pino(
    {
      level,
      base: undefined,
      serializers: { err: describeError, error: describeError, cause: describeError },
      formatters: {
        // Errors may be logged under any key.
        log: (entry) =>
          Object.fromEntries(
            Object.entries(entry).map(([name, value]) => [
              name,
              value instanceof Error ? describeError(value) : value,
            ]),
          ),
      },
      redact: { paths: REDACT.flatMap((k) => [k, `*.${k}`]), censor: '[removed]' },
    },
    to,
  );

let root: pino.Logger | undefined;
/** Returns the log of this process. */
export function log(): pino.Logger {
  root ??= createLog(process.env.TRIBUTARY_TEST ? 'silent' : env().TRIBUTARY_LOG);
  return root;
}
