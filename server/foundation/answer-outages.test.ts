import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { wordsFor } from '@/i18n/words';
import { watchServer } from './answer-outages';
import { markDatabaseUnreachable } from './database-unreachable';
import { GUARD_DEFAULTS, guardServer } from './http/request-guard';
import { noteDatabaseUnreachable } from './request-outage';

const cleanUp: (() => unknown)[] = [];
afterEach(() => {
  for (const step of cleanUp.splice(0)) step();
});

/** Starts a server that is set up like Next's: first watched, then guarded. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  watchServer(server, wordsFor);
  guardServer(server, { ...GUARD_DEFAULTS, appUrl: 'http://localhost', answerHeaders: { 'X-Guarded': '1' } });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanUp.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const html = { headers: { accept: 'text/html,*/*' } };
/** Simulates a query whose connection is cut in the middle of a request. */
const ask = async () => {
  await new Promise((done) => setImmediate(done));
  noteDatabaseUnreachable(markDatabaseUnreachable(new Error('Connection terminated unexpectedly')));
};

const FAILURES: Record<string, RequestListener> = {
  'sent in one call': async (_, response) => {
    await ask();
    response.writeHead(500, { 'Content-Type': 'text/html', 'Content-Length': '5' }).end('<b>no');
  },
  'sent with a status and end()': async (_, response) => {
    await ask();
    response.statusCode = 500;
    response.setHeader('ETag', '"x"');
    response.end('Internal Server Error');
  },
  'sent as a compressed stream': async (_, response) => {
    await ask();
    response.statusCode = 500;
    response.setHeader('Content-Encoding', 'gzip');
    response.write(gzipSync('<html id="__next_error__">').subarray(0, 10));
    response.write('the rest', () => response.end());
  },
};

it.each(Object.entries(FAILURES))('replaces a failed page, %s, with a plain 503', async (_name, listener) => {
  const url = await serve(listener);
  const answer = await fetch(url, html);
  const text = await answer.text();
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(answer.headers.get('x-guarded')).toBe('1');
  expect(answer.headers.has('content-encoding') || answer.headers.has('etag')).toBe(false);
  expect(text).toContain('cannot reach our database');
  expect(text.match(/<html/g)).toHaveLength(1);
});

it('sends JSON to clients that do not accept HTML', async () => {
  const url = await serve(FAILURES['sent in one call'] as RequestListener);
  const answer = await fetch(url);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ message: expect.stringContaining('cannot reach') });
});

it('keeps the body of a server action’s response', async () => {
  const url = await serve(async (_, response) => {
    await ask();
    response.statusCode = 500;
    response.setHeader('Content-Type', 'text/x-component');
    response.end('0:{"digest":"DATABASE_UNREACHABLE"}');
  });
  const answer = await fetch(url, html);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await answer.text()).toContain('DATABASE_UNREACHABLE');
});

it('keeps 500 for an error of our own, even next to a request whose database is unreachable', async () => {
  let both = () => {};
  const together = new Promise<void>((done) => {
    both = done;
  });
  const url = await serve(async (request, response) => {
    if (request.url === '/away') {
      await ask();
      both();
    } else await together;
    response.writeHead(500).end('own words');
  });
  const [ours, away] = await Promise.all([fetch(`${url}/ours`, html), fetch(`${url}/away`, html)]);
  expect([ours.status, away.status]).toEqual([500, 503]);
  expect(await ours.text()).toBe('own words');
});

it('leaves successful responses alone, and those of the health check and of background work', async () => {
  const url = await serve(async (request, response) => {
    await ask();
    response.statusCode = request.url === '/fine' ? 200 : 500;
    response.end('own words');
  });
  for (const [path, status] of [
    ['/fine', 200],
    ['/api/health', 500],
    ['/api/inngest?fnId=a', 500],
  ] as const) {
    const answer = await fetch(url + path, html);
    expect([path, answer.status, await answer.text()]).toEqual([path, status, 'own words']);
  }
});
