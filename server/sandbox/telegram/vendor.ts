import { type Ctx, json, unix } from '../http';
import type { Problem, Vendor } from '../shell/vendor';

const NAMES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

export const failed = (
  code: number,
  text?: string,
  more: { parameters?: { retry_after: number } } = {},
): Response =>
  json(
    {
      ok: false,
      error_code: code,
      description: [NAMES[code], text].filter(Boolean).join(': '),
      ...more,
    },
    code,
    more.parameters ? { 'retry-after': String(more.parameters.retry_after) } : {},
  );

function telegramProblem(c: Ctx, p: Problem): Response {
  switch (p.is) {
    // A path without a token.
    case 'no_credential':
      return failed(404);
    case 'bad_credential':
    case 'no_scope':
      return failed(401);
    case 'too_many': {
      const retry_after = Math.max(1, p.reset - unix(c.get('now')));
      return failed(429, `retry after ${retry_after}`, { parameters: { retry_after } });
    }
    case 'not_there':
      return failed(400, `${p.what} not found`);
    case 'invalid':
    case 'conflict':
      return failed(400, p.text);
    case 'forbidden':
      return failed(403, p.text);
    case 'server_error':
      return failed(500);
  }
}

export const telegramVendor: Vendor = { platform: 'telegram', problem: telegramProblem };
