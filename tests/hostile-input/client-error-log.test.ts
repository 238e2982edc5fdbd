import { NextRequest } from 'next/server';
import type pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { refuseError } from '@/app/api/answer';
import { chunksOf } from '@/app/api/media/chunks';
import { type Db, setDb } from '@/db/client';
import { resetBoundedLog } from '@/server/foundation/bounded-log';
import { redirectConsole, wrapMethod } from '@/server/foundation/console-errors';
import { resetEnv } from '@/server/foundation/env';
import type { createLog } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';
import { freshDb } from '@/tests/support/db';

const lines = vi.hoisted((): string[] => []);
vi.mock('@/server/foundation/log', async (original) => {
  const module = await original<{ createLog: typeof createLog }>();
  let logger: pino.Logger | undefined;
  const log = () => {
    logger ??= module.createLog('debug', { write: (line: string) => void lines.push(line) });
    return logger;
  };
  return { ...module, log };
});
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));
vi.mock('next/headers', () => ({
  headers: async () => new Headers({ host: 'localhost:3000' }),
  cookies: async () => ({ get: () => undefined, set: () => {} }),
}));

const ORIGIN = 'http://localhost:3000';
/** Texts that must not get into the log. Each request contains them wherever possible. */
const MAIL = 'victim@example.test';
const SECRET = 'hunter22-hunter22';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
});
afterAll(async () => {
  setDb(undefined);
  await db.close();
});
beforeEach(() => {
  lines.length = 0;
  resetBoundedLog();
});

/** Repeats `work` and checks that the log has at most two lines and no errors, stacks or secrets. */
async function logOf(work: () => unknown, times = 20): Promise<void> {
  for (let i = 0; i < times; i++) await work();
  const written = lines.splice(0);
  // Levels above a warning (40) alert people.
  for (const line of written) expect(JSON.parse(line).level, line).toBeLessThanOrEqual(40);
  const text = written.join('');
  expect(text).not.toMatch(/"stack"|\\n\s+at /);
  expect(text).not.toContain(MAIL);
  expect(text).not.toContain(SECRET);
  expect(written.length, text).toBeLessThanOrEqual(2);
  resetBoundedLog();
}

type Fields = Record<string, string>;
const auth = async (path: string, init: RequestInit = {}) => {
  const { handlers } = await import('@/server/auth');
  const { method = 'GET' } = init;
  const request = new NextRequest(`${ORIGIN}/api/auth/${path}`, init as never);
  return method === 'GET' ? handlers.GET(request) : handlers.POST(request);
};
const form = (fields: Fields, cookie = ''): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers: { cookie },
});
const typed = { email: MAIL, password: SECRET };

/** Fetches a CSRF token, which any client can get. */
async function csrf(): Promise<{ csrfToken: string; cookie: string }> {
  const answer = await auth('csrf');
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  return { ...((await answer.json()) as { csrfToken: string }), cookie };
}

const SIGN_IN: Record<string, () => unknown> = {
  'a forged session': () => auth('session', { headers: { cookie: 'authjs.session-token=a.b.c.d.e' } }),
  'a session that is not a token': () =>
    auth('session', { headers: { cookie: `authjs.session-token=${MAIL}` } }),
  'no CSRF token': () => auth('callback/credentials', form(typed)),
  'a forged CSRF token': () =>
    auth('callback/credentials', form({ ...typed, csrfToken: 'abc' }, 'authjs.csrf-token=abc%7Cdef')),
  'an unknown action': () => auth(`nothing/${MAIL}`),
  'an unknown provider': () => auth(`callback/google?code=${MAIL}`),
  'an invalid callback address': () => auth(`signin?callbackUrl=${encodeURIComponent(`\u0000x:${MAIL}`)}`),
  'invalid JSON': () =>
    auth('callback/credentials', {
      method: 'POST',
      body: `{"email":"${MAIL}`,
      headers: { 'content-type': 'application/json' },
    }),
  'an invalid form': () =>
    auth('callback/credentials', {
      method: 'POST',
      body: MAIL,
      headers: { 'content-type': 'multipart/form-data; boundary=q' },
    }),
  'a forged session to sign out of': async () => {
    const { csrfToken, cookie } = await csrf();
    return auth('signout', form({ csrfToken }, `${cookie}; authjs.session-token=a.b.c.d.e`));
  },
  'a wrong password': async () => {
    const { csrfToken, cookie } = await csrf();
    return auth('callback/credentials', form({ ...typed, csrfToken }, cookie));
  },
  'a code that was never sent': async () => {
    const { csrfToken, cookie } = await csrf();
    return auth('callback/code', form({ code: MAIL, csrfToken }, cookie));
  },
};
it.each(Object.entries(SIGN_IN))('a sign-in request with %s logs at most a short line', (_name, work) =>
  logOf(work),
);

const JSON_BODY = { 'content-type': 'application/json', host: 'localhost:3000' };
const CALLS: Record<string, [path: string, init?: RequestInit]> = {
  'an unknown procedure': [`${MAIL}.list`],
  'a name from the object prototype': ['__proto__.constructor'],
  'input that is not JSON': [`home.shell?input=${encodeURIComponent(`{"${MAIL}`)}`],
  'an invalid batch': [`home.shell,alerts.list?batch=1&input=%22${MAIL}%22`],
  'an oversized batch': [`${Array(30).fill('home.shell').join(',')}?batch=1&input=%7B%7D`],
  'invalid connection parameters': ['home.shell?connectionParams=%7B'],
  'a body that is not JSON': ['posts.remove', { method: 'POST', body: `{${MAIL}`, headers: JSON_BODY }],
  'a body of an unexpected shape': [
    'posts.remove',
    {
      method: 'POST',
      body: `{"json":{"id":"${MAIL}"},"meta":{"values":{"__proto__.x":["Date"],"id":["custom","x"]}}}`,
      headers: JSON_BODY,
    },
  ],
  'a body of another content type': ['posts.remove', { method: 'POST', body: MAIL }],
};
it.each(Object.entries(CALLS))('a call with %s logs at most a short line', (_name, [path, init]) =>
  logOf(async () => {
    const route = await import('@/app/api/trpc/[trpc]/route');
    const request = new Request(`${ORIGIN}/api/trpc/${path}`, init);
    await (request.method === 'POST' ? route.POST(request) : route.GET(request));
  }),
);

it('an interrupted upload logs at most a short line', () =>
  logOf(async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(3));
        controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
      },
    });
    const read = async () => {
      for await (const _ of chunksOf(body));
    };
    const error = await read().catch((caught: unknown) => caught);
    expect(refuseError(new Request('http://here.test'), error).status).toBe(400);
  }));

it('a call to background work with a forged signature logs at most a short line', async () => {
  vi.stubEnv('INNGEST_BASE_URL', 'http://127.0.0.1:1');
  vi.stubEnv('INNGEST_SIGNING_KEY', 'signkey-test-0123456789abcdef0123456789abcdef');
  vi.stubEnv('INNGEST_EVENT_KEY', 'event');
  resetEnv();
  const { POST, PUT, GET } = await import('@/app/api/inngest/route');
  for (const [method, handler] of Object.entries({ POST, PUT, GET }))
    await logOf(() =>
      handler(
        new Request(`${ORIGIN}/api/inngest?fnId=tributary-x&stepId=step`, {
          method,
          headers: {
            host: 'localhost:3000',
            'x-inngest-signature': 't=1&s=00',
            'content-type': 'application/json',
          },
          ...(method === 'GET' ? {} : { body: `{"event":{"data":"${MAIL}"}}` }),
        }),
      ),
    );
  vi.unstubAllEnvs();
  resetEnv();
});

/** An error as Next prints it, with a stack that starts in Next's own files. */
const thrown = (error: Error, stack = '/app/node_modules/next/dist/compiled/next-server/app-page.js') =>
  Object.assign(error, {
    stack: `${error.name}: ${error.message}\n    at JSON.parse (<anonymous>)\n    at f (${stack}:1:2)`,
  });
const CLIENT_ERRORS: Record<string, unknown[]> = {
  'an unknown action': [thrown(new Error(`Failed to find Server Action "${MAIL}". This request …`))],
  'an action from another origin': [thrown(new Error('Invalid Server Actions request.'))],
  'a mismatched origin of an action': [
    `\`x-forwarded-host\` header with value \`${MAIL}\` does not match \`origin\` header with value \`x\` from …`,
  ],
  'unreadable arguments': ['⨯', thrown(new SyntaxError(`Unexpected token '${MAIL}' is not valid JSON`))],
  'a truncated form': [thrown(new Error('Unexpected end of form'))],
  'an interrupted request': ['⨯', Object.assign(thrown(new Error('aborted')), { code: 'ECONNRESET' })],
  'a client that disconnected': [thrown(Object.assign(new Error(MAIL), { name: 'ResponseAborted' }))],
};
it.each(Object.entries(CLIENT_ERRORS))('Next prints nothing about %s', async (_name, printed) => {
  const print = vi.fn();
  await logOf(() => wrapMethod(print)(...printed));
  expect(print).not.toHaveBeenCalled();
});

it.each(['error', 'warn'] as const)(
  'Next prints nothing about errors of clients with console.%s',
  async (level) => {
    Reflect.deleteProperty(globalThis, '__tributaryConsole');
    const print = vi.fn();
    const before = { error: console.error, warn: console.warn };
    Object.assign(console, { error: print, warn: print });
    try {
      redirectConsole();
      await logOf(() => console[level](thrown(new Error('Failed to find Server Action "x".'))));
    } finally {
      Object.assign(console, before);
    }
    expect(print).not.toHaveBeenCalled();
  },
);

it('our own errors are still logged, with their stack and without the values of a query', async () => {
  const print = vi.fn();
  const own = new TypeError('x is not a function');
  wrapMethod(print)('⨯', own);
  const parsed = thrown(new SyntaxError('Unexpected token in JSON'), '/app/.next/server/chunks/1.js');
  wrapMethod(print)(parsed);
  const query = new Error(`Failed query: select 1\nparams: ${MAIL}`);
  wrapMethod(print)('⨯', query);
  expect(print).not.toHaveBeenCalled();
  const written = lines.map((line) => JSON.parse(line));
  expect(written.map(({ level, err }) => [level, err.type, err.message])).toEqual([
    [50, 'TypeError', own.message],
    [50, 'SyntaxError', parsed.message],
    [50, 'Error', 'Failed query: select 1'],
  ]);
  for (const { err } of written) expect(err.stack).toMatch(/\n\s+at .+:\d+:\d+/);
  expect(lines.join('')).not.toContain(MAIL);
});

/** Text that a client can inject into what a library prints. */
const FORGED = `/outbox\n{"level":50,"msg":"FORGED ${MAIL}"}`;
const TOKEN = 'Zk3vQ9xT1bYw7RmN5cLp8HsD2fGj6AeU';
const PRINTED: Record<string, (n: number) => unknown[]> = {
  'a failed image, in several texts,': () => ['⨯', 'upstream image response failed for', FORGED, 404],
  'a single text': () => [`⨯ The requested resource isn't valid for ${FORGED} received null`],
  'a text that varies': (n) => ['Failed for', `${'x'.repeat(n)}${FORGED}`],
  'an error message': () => [thrown(new TypeError(`Invalid URL ${FORGED}`))],
  'an error message that varies': (n) => [thrown(new TypeError(`Invalid URL ${n} ${FORGED}`))],
  'an error message that contains stack frames': () => [
    thrown(new TypeError(`x\n    at ${FORGED}\n    at ${MAIL}:1:1`)),
  ],
  'the cause of an error': () => ['⨯', thrown(new Error('failed', { cause: new Error(FORGED) }))],
  'a group of errors': () => [thrown(new AggregateError([new Error(FORGED)], 'failed'))],
  'an object': () => ['headers', { cookie: FORGED, nested: { [MAIL]: TOKEN } }],
  'an array': () => [[FORGED, MAIL]],
  'an encoded address': () => ['no such page', `/verify/${encodeURIComponent(MAIL)}?email=a%2540b.test`],
  'a token in a path': () => ['no such page', `/invite/${TOKEN}?token=${SECRET}&code=${SECRET}#a`],
  'a text with other line separators': () => [
    'no such page',
    `a\r{"level":50}\u2028{"level":50}\u0085{"level":50}\u001b[2K`,
  ],
  'a very long text': () => ['x', `${FORGED} `.repeat(5_000)],
};
describe.each(['error', 'warn', 'log', 'info', 'debug'] as const)('with console.%s', (method) => {
  it.each(Object.entries(PRINTED))(
    '%s becomes one short line of the log, at a limited rate',
    (_name, printed) => {
      const print = vi.fn();
      for (let n = 0; n < 40; n++) wrapMethod(print, method)(...printed(n));
      expect(print).not.toHaveBeenCalled();
      const text = lines.join('');
      expect(lines.length, text).toBeLessThanOrEqual(2);
      expect(lines.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThan(4000);
      expect(text.trimEnd().split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(lines.length);
      expect(text).not.toContain('\\u001b');
      for (const secret of [MAIL, encodeURIComponent(MAIL), '%2540', TOKEN, SECRET])
        expect(text).not.toContain(secret);
      for (const line of lines) {
        const { text: body = '', err } = JSON.parse(line);
        expect(`${body}${err?.message ?? ''}${err?.cause?.message ?? ''}`).not.toMatch(/[\r\n]/);
      }
    },
  );

  it('thousands of texts with different beginnings share one limit', () => {
    for (let n = 0; n < 3000; n++) wrapMethod(vi.fn(), method)(String.fromCodePoint(0x4e00 + n), FORGED);
    expect(lines.length).toBeLessThanOrEqual(201);
  });
});

it('captures every method of the console', () => {
  Reflect.deleteProperty(globalThis, '__tributaryConsole');
  const { error, warn, log, info, debug } = console;
  try {
    redirectConsole();
    for (const method of ['error', 'warn', 'log', 'info', 'debug'] as const)
      console[method](`${method} says`, FORGED);
  } finally {
    Object.assign(console, { error, warn, log, info, debug });
  }
  expect(lines.map((line) => JSON.parse(line).level)).toEqual([50, 40, 30, 30, 30]);
});

/** Returns an error thrown by this code, with its real stack. */
const caught = async (work: () => unknown): Promise<Error> => {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected an error, but none was thrown');
};
const deeper = (): number => deeper() + 1;
const NEXT_FRAME = '    at f (/app/node_modules/next/dist/compiled/next-server/app-page.js:1:2)';
const OUR_FRAME = '    at async read (/app/.next/server/chunks/1.js:1:2)';
const OUR_ERRORS: Record<string, () => Promise<Error>> = {
  'an infinite recursion of ours': () => caught(deeper),
  'a fetch that we aborted': () => caught(() => fetch('http://127.0.0.1:9', { signal: AbortSignal.abort() })),
  'a fetch that we aborted, with frames of Next,': async () =>
    Object.assign(new Error('This operation was aborted'), {
      name: 'AbortError',
      stack: `AbortError: This operation was aborted\n    at node:internal/deps/undici/undici:1:2\n${NEXT_FRAME}\n${OUR_FRAME}`,
    }),
  'a closed connection of ours': () => caught(() => Promise.reject(new Error('Connection closed.'))),
  'a truncated form of ours': () => caught(() => Promise.reject(new Error('Unexpected end of form'))),
};
it.each(Object.entries(OUR_ERRORS))('%s is logged as an error of our own', async (_name, make) => {
  const error = await make();
  wrapMethod(vi.fn())('⨯', error);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 50,
      text: '⨯',
      err: expect.objectContaining({ message: error.message, stack: expect.stringContaining('\n    at ') }),
    }),
  ]);
});

it('an unknown action is the client’s error, wherever a build puts the code that reports it', async () => {
  const unknown = Object.assign(new Error('Failed to find Server Action "x". This request might be older.'), {
    stack:
      'Error: Failed to find Server Action "x"\n    at tw (/app/.next/server/chunks/[root-of-the-server]__1._.js:1:2)',
  });
  await logOf(() => wrapMethod(vi.fn(), 'warn')(unknown));
});

it('a client that disconnects while Node reads its request is not an error of ours', async () => {
  const print = vi.fn();
  const aborted = Object.assign(new Error('aborted'), {
    code: 'ECONNRESET',
    stack:
      'Error: aborted\n    at abortIncoming (node:_http_server:1:2)\n    at socketOnClose (node:_http_server:1:2)',
  });
  await logOf(() => wrapMethod(print)('⨯', aborted));
  expect(print).not.toHaveBeenCalled();
});

it('background work that fails because of its own signature or registration logs an error with its cause', async () => {
  const { writer } = await import('@/inngest/client');
  const write = writer('error');
  write({ err: new Error('The platform refused the signature of this request') }, 'Error handling result');
  write({ err: new TypeError('register is not a function') }, 'Error handling execution result');
  write('Some functions could not register');
  const written = lines.map((line) => JSON.parse(line));
  expect(written).toMatchObject([
    { level: 50, err: { message: 'The platform refused the signature of this request' } },
    { level: 50, err: { message: 'register is not a function' } },
    { level: 50, msg: 'Some functions could not register' },
  ]);
  lines.length = 0;
  resetBoundedLog();
  const refused = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') });
  write({ err: refused }, 'Failed to register');
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
    level: 40,
    reason: ['fetch failed', 'connect ECONNREFUSED 127.0.0.1:1'],
  });
});

it('a duplicate row is a conflict for the user, and is logged with its constraint', () => {
  const cause = Object.assign(new Error('duplicate key value violates unique constraint "users_email"'), {
    code: '23505',
    constraint: 'users_email',
    severity: 'ERROR',
  });
  expect(refusalOf(new Error('Failed query: insert', { cause }))?.code).toBe('conflict');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 40, kind: 'users_email' }]);
});

it('an internal error during sign-in is still logged as an error with its cause', async () => {
  const { logAuthError } = await import('@/server/auth-log');
  const inner = new TypeError('x is not a function');
  logAuthError(Object.assign(new Error('callback'), { type: 'CallbackRouteError', cause: { err: inner } }));
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ level: 50, cause: { message: inner.message } });
});
