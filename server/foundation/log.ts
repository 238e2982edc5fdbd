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

/** A log: one JSON line an event, secrets removed by name at two depths, and no value of a failed query in it. */
export const createLog = (level: string, to?: pino.DestinationStream): pino.Logger =>
  pino(
    {
      level,
      base: undefined,
      serializers: { err: describeError, error: describeError, cause: describeError },
      formatters: {
        // An error under any name.
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
/** The process's log. */
export function log(): pino.Logger {
  root ??= createLog(process.env.TRIBUTARY_TEST ? 'silent' : env().TRIBUTARY_LOG);
  return root;
}
