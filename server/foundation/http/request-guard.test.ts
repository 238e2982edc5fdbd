import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { chunk, chunked, GET, head, LIMIT, OWN_UPLOAD, startGuardedServer } from './testing';

describe('concurrent requests', () => {
  test('requests on one connection are answered one at a time and in order', async () => {
    const waiting: (() => void)[] = [];
    const { say, handled } = await startGuardedServer((request, response) => {
      waiting.push(() => {
        let body = '';
        request.on('data', (piece: Buffer) => {
          body += piece;
        });
        request.on('end', () => response.end(`<${request.url} ${body}>`));
      });
    });
    const talk = say(
      GET,
      `${head('/b', 'Content-Length: 3')}two`,
      `${chunked('/c', 'Connection: close') + chunk('three')}0\r\n\r\n`,
    );
    await eventually(() => expect(handled).toEqual(['/']));
    waiting.shift()?.();
    await eventually(() => expect(handled).toEqual(['/', '/b']));
    waiting.shift()?.();
    await eventually(() => expect(handled).toEqual(['/', '/b', '/c']));
    waiting.shift()?.();
    expect((await talk.closed).match(/<[^>]*>/g)).toEqual(['</ >', '</b two>', '</c three>']);
  });

  test('a connection with too many pipelined requests is cut', async () => {
    const { say, handled } = await startGuardedServer(() => {}, { pipelined: 3 });
    expect(await say(GET.repeat(6)).closed).toBe('');
    expect(handled).toEqual(['/']);
  });

  test('the number of concurrent requests is limited; others wait, but not forever', async () => {
    const answers: ServerResponse[] = [];
    const { say, pass } = await startGuardedServer((_, response) => answers.push(response), {
      answering: 2,
      queueMs: 5000,
    });
    const talks = [say(GET), say(GET), say(GET), say(GET)];
    await eventually(() => expect(answers).toHaveLength(2));
    answers[0]?.end('a');
    await eventually(() => expect(answers).toHaveLength(3));
    await eventually(() => {
      pass(5001);
      expect(talks.map((t) => t.heard()).join()).toContain(' 503 ');
    });
    expect(answers).toHaveLength(3);
  });

  test('a slow reader does not keep its slot: the next request is answered', async () => {
    const { say, pass, handled } = await startGuardedServer(
      (request, response) => {
        if (request.url === '/slow') response.write('the first of much more');
        else response.end('done');
      },
      { answering: 1, placeMs: 3000 },
    );
    const slow = say('GET /slow HTTP/1.1\r\nHost: app.test\r\n\r\n');
    await eventually(() => expect(slow.heard()).toContain('the first'));
    const next = say(GET);
    await eventually(() => expect(handled).toEqual(['/slow']));
    pass(1);
    pass(3001);
    await eventually(() => expect(next.heard()).toContain('done'));
  });

  test('uploads take no slot, and their number per client is limited', async () => {
    const { say, handled } = await startGuardedServer(
      (request, response) => {
        if (request.url === '/') response.end('done');
      },
      { answering: 1, uploadsEach: 2, limitFor: (method) => (method === 'POST' ? OWN_UPLOAD : null) },
    );
    const cookie = 'Cookie: authjs.session-token=a';
    const uploads = [1, 2, 3].map(() => say(head('/up', cookie, 'Content-Length: 100000'), 'x'.repeat(10)));
    await eventually(() => expect(uploads.map((u) => u.heard()).join()).toContain(' 503 '));
    const page = say(GET);
    await eventually(() => expect(page.heard()).toContain('done'));
    expect(handled.filter((url) => url === '/up')).toHaveLength(2);
  });

  test('a client that disconnects while waiting for a slot is forgotten, together with its buffered body', async () => {
    const { say, guard } = await startGuardedServer(() => {}, { answering: 1 });
    say(GET);
    const body = 'x'.repeat(LIMIT);
    const leavers = Array.from({ length: 20 }, () => say(head('/', `Content-Length: ${LIMIT}`), body));
    await eventually(() => expect(guard.queued).toBe(20));
    for (const { socket } of leavers) socket.destroy();
    await eventually(() => expect([guard.queued, guard.connected]).toEqual([0, 1]));
  });
});

test('slots rotate among clients: many requests of one do not hold up the single one of another', async () => {
  const answers: ServerResponse[] = [];
  const { say, sayFrom, guard } = await startGuardedServer((_, response) => answers.push(response), {
    answering: 2,
  });
  for (let i = 0; i < 6; i++) say(GET);
  await eventually(() => expect([answers.length, guard.queued]).toEqual([2, 4]));
  const other = sayFrom('127.0.0.2', GET);
  await eventually(() => expect(guard.queued).toBe(5));
  answers[0]?.end('one');
  await eventually(() => expect(answers).toHaveLength(3));
  answers[2]?.end('other');
  await eventually(() => expect(other.heard()).toContain('other'));
});

test('every response has the common headers, except for those that it sets itself', async () => {
  const { say } = await startGuardedServer(
    (request, response) => {
      if (request.url === '/own') response.setHeader('X-Policy', 'own');
      response.end();
    },
    { answerHeaders: { 'X-Policy': 'general' } },
  );
  expect(await say(head('/', 'Connection: close')).closed).toContain('X-Policy: general');
  expect(await say(head('/own', 'Connection: close')).closed).toContain('X-Policy: own');
  expect(await say(head('/%00')).closed).toContain('X-Policy: general');
});

test.each([
  ['two Host headers', GET.replace('Host: app.test', 'Host: app.test\r\nhost: evil.example')],
  ['chunked encoding in HTTP/1.0', `${chunked().replace('HTTP/1.1', 'HTTP/1.0')}${chunk('abc')}0\r\n\r\n`],
  ['a length with chunked encoding', `${chunked('/', 'Content-Length: 3')}${chunk('abc')}0\r\n\r\n`],
  ['two transfer encodings', `${chunked('/', 'Transfer-Encoding: chunked')}${chunk('abc')}0\r\n\r\n`],
])('a head that proxies may parse differently is refused: %s', async (_, text) => {
  const { say, handled } = await startGuardedServer();
  expect(await say(text).closed).toMatch(/^HTTP\/1\.1 400 /);
  expect(handled).toEqual([]);
});

test.each([
  ['query parameters', 400, (count: number) => GET.replace('/ ', `/?${'a=1&'.repeat(count)} `)],
  ['cookies', 431, (count: number) => GET.replace('Host', `Cookie: ${'a=1; '.repeat(count)}b=1\r\nHost`)],
])('a head with too many %s is refused', async (_, status, text) => {
  const { say, handled } = await startGuardedServer();
  expect(await say(text(201)).closed).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(handled).toEqual([]);
  const talk = say(text(200));
  await eventually(() => expect(talk.heard()).toContain('<0>'));
});

test('a client without a body gets no 100 Continue', async () => {
  const { say } = await startGuardedServer();
  expect(await say(head('/', 'Expect: 100-continue', 'Connection: close')).closed).not.toContain(
    '100 Continue',
  );
  const sender = say(head('/', 'Expect: 100-continue', 'Content-Length: 3', 'Connection: close'));
  await eventually(() => expect(sender.heard()).toContain('100 Continue'));
  sender.socket.write('abc');
  expect(await sender.closed).toContain('<3>');
});

test('an HTTP/1.0 request without a host gets the host of the installation', async () => {
  const { say } = await startGuardedServer((request, response) =>
    response.end(`host ${request.headers.host}`),
  );
  expect(await say('GET / HTTP/1.0\r\n\r\n').closed).toContain('host app.test');
});
