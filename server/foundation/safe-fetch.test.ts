import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isPublicAddress, type SafeFetchNetwork, safeFetch } from './safe-fetch';

let server: Server;
let port: string;
let seen: string[] = [];
let looked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.host} ${request.url}`);
    const { searchParams, pathname } = new URL(request.url ?? '/', 'http://x');
    if (pathname === '/hang') return;
    if (pathname === '/to') {
      response.writeHead(302, { location: searchParams.get('to') ?? '/' }).end();
      return;
    }
    if (pathname === '/endless') {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(more));
      return;
    }
    response.writeHead(Number(searchParams.get('status') ?? 200)).end('hello');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = String((server.address() as AddressInfo).port);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  looked = [];
});

const ADDRESSES: Record<string, string[]> = {
  'open.test': ['127.0.0.1'],
  'inside.test': ['10.0.0.5'],
  'half.test': ['127.0.0.1', '169.254.169.254'],
  'none.test': [],
};
/** The loopback server represents the public internet; everything else is judged as usual. */
const world = (): SafeFetchNetwork => ({
  resolve: async (host) => {
    looked.push(host);
    return (ADDRESSES[host] ?? []).map((address) => ({ address, family: 4 }));
  },
  isPublic: (address) => address === '127.0.0.1' || isPublicAddress(address),
  ports: ['', '80', '443', port],
});
const get = (url: string, options: { method?: 'HEAD' | 'GET'; timeoutMs?: number } = {}) =>
  safeFetch(url, { method: 'GET', ...options }, world());
const reason = (url: string, options = {}) =>
  get(url, options).then(
    () => 'answered',
    (error: { reason?: string }) => error.reason,
  );

test('returns the status and the address after redirects, resolving each name once', async () => {
  expect(await get(`http://open.test:${port}/?status=404`)).toEqual({
    status: 404,
    url: `http://open.test:${port}/?status=404`,
  });
  expect(looked).toEqual(['open.test']);
  expect((await get(`http://open.test:${port}/to?to=/there`)).url).toBe(`http://open.test:${port}/there`);
  await get(`http://open.test:${port}/x`, { method: 'HEAD' });
  expect(seen.at(-1)).toBe(`HEAD open.test:${port} /x`);
});

test('refuses private addresses: by name, by number, among several results, by redirect', async () => {
  const inside = [
    'http://inside.test/',
    'http://half.test/',
    'http://10.0.0.5/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://0.0.0.0/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.5]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[64:ff9b::a00:5]/',
    'http://[2002:a00:5::]/',
    'http://0x0a000005/',
    'http://167772165/',
    'http://100.64.0.1/',
  ];
  for (const url of inside) {
    expect([url, await reason(url)]).toEqual([url, 'not_allowed']);
    const around = `http://open.test:${port}/to?to=${encodeURIComponent(url)}`;
    expect([around, await reason(around)]).toEqual([around, 'not_allowed']);
  }
});

test('allows only http and https on their ports, without passwords, also after a redirect', async () => {
  for (const url of [
    'ftp://open.test/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://open.test:22/',
    'http://open.test:6379/',
    'http://user:secret@open.test/',
    'no address',
  ]) {
    expect([url, await reason(url)]).toEqual([url, 'not_allowed']);
    if (url === 'no address') continue;
    const around = `http://open.test:${port}/to?to=${encodeURIComponent(url)}`;
    expect([url, await reason(around)]).toEqual([url, 'not_allowed']);
  }
});

test('gives up on too many redirects, missing responses and names without an address', async () => {
  const circle = `http://open.test:${port}/to?to=${encodeURIComponent('/to?to=/to%3Fto%3D/')}`;
  expect(await reason(circle)).toBe('answered');
  const self = '/to?to=';
  let long = '/end';
  for (let i = 0; i < 6; i++) long = self + encodeURIComponent(long);
  expect(await reason(`http://open.test:${port}${long}`)).toBe('too_many_redirects');
  expect(await reason(`http://open.test:${port}/hang`, { timeoutMs: 200 })).toBe('timeout');
  expect(await reason('http://none.test/')).toBe('unreachable');
  expect(
    await safeFetch(
      'http://slow.test/',
      { method: 'GET', timeoutMs: 100 },
      { ...world(), resolve: () => new Promise(() => {}) },
    ).catch((error: { reason?: string }) => error.reason),
  ).toBe('timeout');
});

test('does not read the body', async () => {
  expect((await get(`http://open.test:${port}/endless`, { timeoutMs: 2_000 })).status).toBe(200);
});

test('recognizes public addresses', () => {
  for (const address of ['93.184.216.34', '2606:2800:220:1::1', '[2606:2800:220:1::1]'])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
  for (const address of [
    '127.0.0.1',
    '::1',
    'fec0::1',
    '4000::1',
    '::',
    '224.0.0.1',
    '240.0.0.1',
    'fe80::1%eth0',
    'name',
  ])
    expect([address, isPublicAddress(address)]).toEqual([address, false]);
});
