import { NextRequest } from 'next/server';
import { encode } from 'next-auth/jwt';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { secrets } from '@/server/foundation/secrets';
import { GET, POST } from './[...nextauth]/route';

let sent = new Headers();
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));
vi.mock('@/db/client', async (original) => ({
  ...(await original<object>()),
  getDb: async () => ({ asSystem: async () => [] }),
}));
vi.mock('next/headers', () => ({
  headers: async () => sent,
  cookies: async () => ({ get: () => undefined, set: () => {} }),
}));
beforeEach(() => {
  sent = new Headers();
});

const ORIGIN = 'http://localhost:3000';
const ask = (
  path: string,
  init: { method?: string; cookie?: string; form?: Record<string, string> } = {},
) => {
  const { method = 'GET', cookie, form } = init;
  const request = new NextRequest(`${ORIGIN}/api/auth/${path}`, {
    method,
    headers: cookie ? { cookie } : {},
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
  return method === 'POST' ? POST(request) : GET(request);
};
/** Auth.js redirects here when it mistakes bad input for a configuration error. */
const blamesSettings = (answer: Response) =>
  answer.status >= 500 || /error=Configuration/.test(answer.headers.get('location') ?? '');

/** Fetches a CSRF token with its cookie, as any client can. */
async function csrf(): Promise<{ csrfToken: string; cookie: string }> {
  const answer = await ask('csrf');
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return { ...((await answer.json()) as { csrfToken: string }), cookie };
}

const MALFORMED = [
  'authjs.csrf-token=%zz; authjs.callback-url=%00',
  'authjs.callback-url=',
  'authjs.callback-url=%zz',
  'authjs.callback-url=x',
  'authjs.callback-url=javascript%3Aalert(1)',
  'authjs.callback-url=http%3A%2F%2F%5B',
  'authjs.callback-url=%2F%0d%0aset-cookie%3A%20a',
  'authjs.callback-url=//%5B',
  'authjs.csrf-token=a|b|c; authjs.csrf-token=%00',
  '__Secure-authjs.callback-url=%00; __Host-authjs.csrf-token=%',
  'authjs.session-token=%00; authjs.session-token.0=%zz',
];
const ACTIONS: [method: string, path: string][] = [
  ['POST', 'signin/credentials'],
  ['POST', 'callback/credentials'],
  ['POST', 'signout'],
  ['POST', 'session'],
  ['GET', 'session'],
  ['GET', 'csrf'],
  ['GET', 'providers'],
  ['GET', 'signin'],
  ['GET', 'error'],
];

describe.each(ACTIONS)('%s %s', (method, path) => {
  it.each(MALFORMED)('ignores the cookies "%s"', async (cookie) => {
    const answer = await ask(path, { method, cookie, ...(method === 'POST' ? { form: { a: 'b' } } : {}) });
    const without = await ask(path, { method, ...(method === 'POST' ? { form: { a: 'b' } } : {}) });
    expect(blamesSettings(answer)).toBe(false);
    expect(answer.status).toBe(without.status);
  });

  it.each(['\0', 'x', 'javascript:alert(1)', 'http://[', '//[', '/\r\n'])(
    'rejects the callback address %j as a client error',
    async (callbackUrl) => {
      const query = new URLSearchParams({ callbackUrl });
      expect((await ask(`${path}?${query}`, { method })).status).toBe(400);
    },
  );
});

it.each(['\0', 'x:', 'http://[', '//[', '/\r\n', '/\\evil.test', '//evil.test', 'https://evil.test/a'])(
  'redirects to a page of this app after a form with the callback address %j',
  async (callbackUrl) => {
    const { csrfToken, cookie } = await csrf();
    const answer = await ask('signout', { method: 'POST', cookie, form: { csrfToken, callbackUrl } });
    expect(blamesSettings(answer)).toBe(false);
    expect(new URL(answer.headers.get('location') ?? '').origin).toBe(ORIGIN);
  },
);

it('still signs out with a valid CSRF cookie next to a malformed one', async () => {
  const { csrfToken, cookie } = await csrf();
  const good = cookie
    .split('; ')
    .filter((one) => one.startsWith('authjs.csrf-token='))
    .join();
  const answer = await ask('signout', {
    method: 'POST',
    cookie: `authjs.callback-url=%00; ${good}`,
    form: { csrfToken, callbackUrl: '/home' },
  });
  expect(answer.headers.get('location')).toBe(`${ORIGIN}/home`);
});

it('accepts a valid session next to malformed cookies, and no forged session', async () => {
  const { auth } = await import('@/server/auth');
  const token = await encode({
    token: { sid: 'ses_1' },
    secret: secrets().authSecret,
    salt: 'authjs.session-token',
  });
  for (const broken of MALFORMED.filter((one) => !one.includes('session-token'))) {
    sent = new Headers({ cookie: `${broken}; authjs.session-token=${token}` });
    expect(await auth()).toEqual({ sid: 'ses_1' });
  }
  sent = new Headers({ cookie: 'authjs.session-token=a.b.c.d.e' });
  expect(await auth()).toBeNull();
  sent = new Headers({ authorization: `Bearer ${token}` });
  expect(await auth()).toBeNull();
  sent = new Headers();
  expect(await auth()).toBeNull();
});
