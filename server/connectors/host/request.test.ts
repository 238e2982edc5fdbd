import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Effect } from '../kit/connector';
import { ConnectorFault } from '../kit/types';
import { x } from '../x';
import { runRequest } from './request';
import { MAX_RESPONSE_BYTES, networkTransport } from './transport';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;
let behave: Behaviour = (_q, r) => r.end('{}');
let server: Server;
let base = '';
let closed = '';

beforeAll(async () => {
  server = createServer((request, response) => behave(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  closed = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  await new Promise((resolve) => other.close(resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const now = new Date('2026-03-02T10:00:00Z');
let effects = 0;
async function ask(effect: Effect, to = base): Promise<unknown> {
  effects = 0;
  try {
    return await runRequest(
      {
        connector: x,
        base: to,
        secrets: { accessToken: 'secret-token-of-the-connection', refreshToken: null },
        headers: {},
        transport: networkTransport,
        now: () => now,
        connectionId: 'con_1',
        beforeEffect: () => effects++,
        onLimits: async () => {},
      },
      {
        operation: 'createPosts',
        method: 'POST',
        path: '/2/tweets',
        json: { text: 'a' },
        effect,
        timeoutMs: 300,
      },
      z.object({ ok: z.boolean() }),
    );
  } catch (error) {
    return error;
  }
}
const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Behaviour =>
  (_q, r) => {
    r.writeHead(status, { 'content-type': 'application/json', ...headers });
    r.end(body);
  };
const afterBody =
  (then: (r: ServerResponse) => void): Behaviour =>
  (q, r) => {
    q.resume();
    q.on('end', () => then(r));
  };

const table: [string, Behaviour, string, string][] = [
  ['a reset after the request', afterBody((r) => r.destroy()), 'unknown_outcome', 'transient'],
  [
    'a reset in the middle of the response',
    afterBody((r) => {
      r.writeHead(200, { 'content-length': '50' });
      r.write('{"ok"');
      setTimeout(() => r.destroy(), 20);
    }),
    'unknown_outcome',
    'transient',
  ],
  ['a time-out', () => {}, 'unknown_outcome', 'transient'],
  [
    'a response that stalls',
    afterBody((r) => {
      r.writeHead(200);
      r.write('{');
    }),
    'unknown_outcome',
    'transient',
  ],
  ['500', answer(500, '{}'), 'unknown_outcome', 'transient'],
  ['502 with an HTML page', answer(502, '<html>bad gateway'), 'unknown_outcome', 'transient'],
  ['a redirect', answer(302, '', { location: 'http://127.0.0.1:1/' }), 'unknown_outcome', 'transient'],
  ['an HTML page', answer(200, '<!doctype html>'), 'unknown_outcome', 'transient'],
  ['an unexpected shape', answer(200, '{"ok":"yes"}'), 'unknown_outcome', 'transient'],
  [
    'an oversized response',
    answer(200, `{"ok":true,"x":"${'x'.repeat(MAX_RESPONSE_BYTES)}"}`),
    'unknown_outcome',
    'transient',
  ],
  ['401', answer(401, '{}'), 'reauth', 'reauth'],
  ['429', answer(429, '{}', { 'retry-after': '17' }), 'rate_limited', 'rate_limited'],
  [
    '400',
    answer(400, '{"detail":"Bad \\u0007text https://evil.test/?token=abcdefghijklmnopqrstuvwxyz"}'),
    'rejected',
    'rejected',
  ],
  ['404', answer(404, '{}'), 'rejected', 'rejected'],
  ['401 with an HTML page', answer(401, '<html>', { 'content-type': 'text/html' }), 'transient', 'transient'],
  ['403 with a block page', answer(403, '<!DOCTYPE html><title>Blocked'), 'transient', 'transient'],
  [
    '400 with a page that something went wrong',
    answer(400, '<!DOCTYPE html><title>Error</title><h1>Sorry, something went wrong.</h1>'),
    'unknown_outcome',
    'transient',
  ],
  ['404 with an HTML page', answer(404, '', { 'content-type': 'text/html' }), 'unknown_outcome', 'transient'],
  ['402 with an XHTML page', answer(402, '<?xml version="1.0"?><html/>'), 'unknown_outcome', 'transient'],
  ['429 with an HTML page', answer(429, '<html>'), 'rate_limited', 'rate_limited'],
  [
    'JSON under the type of a page',
    answer(400, '{}', { 'content-type': 'text/html' }),
    'rejected',
    'rejected',
  ],
  ['413 with an HTML page', answer(413, '<html>'), 'rejected', 'rejected'],
];

describe('a request over a real connection', () => {
  it.each(table)('classifies %s', async (_name, behaviour, effect, read) => {
    behave = behaviour;
    const first = await ask('effect');
    expect(first).toBeInstanceOf(ConnectorFault);
    expect(first).toMatchObject({ kind: effect });
    expect(effects).toBe(1);
    expect(await ask('idempotent')).toMatchObject({ kind: read });
    expect(await ask('read')).toMatchObject({ kind: read });
    expect(effects).toBe(0);
    // The message contains nothing that could be a secret.
    expect((first as ConnectorFault).message).not.toMatch(/secret-token|https?:|abcdefghij/);
  });

  it('throws a transient fault if the platform cannot be reached', async () => {
    expect(await ask('effect', closed)).toMatchObject({ kind: 'transient' });
    expect(effects).toBe(0);
    expect(await ask('effect', 'http://no-such-host.invalid')).toMatchObject({ kind: 'transient' });
    expect(effects).toBe(0);
  });

  it('returns a valid response', async () => {
    behave = answer(200, '{"ok":true,"more":1}');
    expect(await ask('effect')).toMatchObject({ status: 200, body: { ok: true } });
    expect(effects).toBe(1);
  });
});

it('sends a list as parameters of one name', async () => {
  let asked = '';
  await runRequest(
    {
      connector: x,
      base: 'https://api.test',
      secrets: null,
      headers: {},
      now: () => now,
      connectionId: 'con_1',
      onLimits: async () => {},
      transport: async ({ url }) => {
        asked = url;
        return { status: 200, headers: {}, body: '{}' };
      },
    },
    {
      operation: 'list',
      method: 'GET',
      path: '/posts',
      query: { ids: ['a/1', 'b'], none: [], page: 2 },
      effect: 'read',
    },
    z.object({}),
  );
  expect(asked).toBe('https://api.test/posts?ids=a%2F1&ids=b&page=2');
});
