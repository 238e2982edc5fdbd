import pino from 'pino';
import { env } from './env';

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

let root: pino.Logger | undefined;
/** The process's log: one JSON line an event, secrets removed by name at two depths. */
export function log(): pino.Logger {
  root ??= pino({
    level: process.env.TRIBUTARY_TEST ? 'silent' : env().TRIBUTARY_LOG,
    base: undefined,
    redact: { paths: REDACT.flatMap((k) => [k, `*.${k}`]), censor: '[removed]' },
  });
  return root;
}
