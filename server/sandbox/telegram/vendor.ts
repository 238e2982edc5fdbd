import { json, unix } from '../http';
import { refuser, vendorOf } from '../shell/vendor';

const NAMES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

const failed = (code: number, text?: string, parameters?: { retry_after: number }): Response =>
  json(
    { ok: false, error_code: code, description: [NAMES[code], text].filter(Boolean).join(': '), parameters },
    code,
    parameters ? { 'retry-after': String(parameters.retry_after) } : {},
  );
export const refuse = refuser(failed);
export const invalid = (text: string): never => refuse(400, text);
export const ok = (result: unknown): Response => json({ ok: true, result });

export const telegramVendor = vendorOf('telegram', failed, {
  // A path without a token.
  no_credential: [404],
  bad_credential: [401],
  no_scope: [401],
  too_many: (p, c) => {
    const retry_after = Math.max(1, p.reset - unix(c.get('now')));
    return [429, `retry after ${retry_after}`, { retry_after }];
  },
  not_there: ({ what }) => [400, `${what} not found`],
  invalid: ({ text }) => [400, text],
  conflict: ({ text }) => [400, text],
  forbidden: ({ text }) => [403, text],
  server_error: [500],
});
