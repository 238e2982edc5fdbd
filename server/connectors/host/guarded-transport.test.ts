import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isPublicAddress, type SafeFetchNetwork } from '@/server/foundation/safe-fetch';
import { guardedAgent, guardedTransport, type Transport } from './transport';

/** A certificate of this test's own, for open.test and moving.test, with its key. */
const CERTIFICATE = readFileSync('tests/fixtures/open-test.pem', 'utf8');
let server: Server;
let port: number;
let seen: string[];
let answers: Record<string, LookupAddress[][]>;
let send: Transport;

beforeAll(async () => {
  server = createServer({ key: CERTIFICATE, cert: CERTIFICATE }, (request, response) => {
    seen.push(`${request.headers.host} ${request.url}`);
    if (request.url === '/to-inside')
      response.writeHead(302, { location: 'https://inside.test/secret', connection: 'close' }).end();
    else response.writeHead(200, { connection: 'close' }).end('{"ok":true}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const at = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
beforeEach(() => {
  seen = [];
  answers = {
    'open.test': [at('127.0.0.1')],
    'inside.test': [at('10.0.0.5')],
    'half.test': [at('127.0.0.1', '169.254.169.254')],
    'mapped.test': [at('::ffff:10.0.0.5')],
    'none.test': [[]],
    // A public address at first, and then one inside.
    'moving.test': [at('127.0.0.1'), at('10.0.0.5')],
  };
  /** The loopback server represents the public internet; everything else is judged as usual. */
  const world: SafeFetchNetwork = {
    resolve: async (host) => {
      const all = answers[host] ?? [];
      return (all.length > 1 ? all.shift() : all[0]) ?? [];
    },
    isPublic: (address) => address === '127.0.0.1' || isPublicAddress(address),
    ports: [],
  };
  const pool = guardedAgent(world, { ca: CERTIFICATE });
  send = guardedTransport(world, () => pool);
});

const ask = (url: string) =>
  send({ url, method: 'GET', headers: {}, timeoutMs: 5_000, onSent: () => seen.push('sent') });
const refusal = (url: string) =>
  ask(url).then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  );

test('reaches a public server by https, on any port', async () => {
  expect(await ask(`https://open.test:${port}/x`)).toMatchObject({ status: 200, body: '{"ok":true}' });
  expect(seen).toContain(`open.test:${port} /x`);
});

test.each([
  'https://10.0.0.5/',
  'https://0x0a000005/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/',
  'https://[::ffff:10.0.0.5]/',
  'https://[64:ff9b::a00:5]/',
  'https://[2002:a00:5::]/',
  'https://[fd00::1]/',
  'https://inside.test/',
  'https://half.test/',
  'https://mapped.test/',
  'http://open.test/',
  'https://mira:secret@open.test/',
])('sends nothing to %s', async (url) => {
  expect(await refusal(url)).toBe('not_allowed');
  expect(seen).toEqual([]);
});

test('sends nothing to a name without an address', async () => {
  expect(await refusal('https://none.test/')).toBe('unreachable');
  expect(seen).toEqual([]);
});

test('checks the addresses of a name again for every connection', async () => {
  expect((await ask(`https://moving.test:${port}/`)).status).toBe(200);
  expect(await refusal(`https://moving.test:${port}/`)).toBe('not_allowed');
});

test('follows no redirect, so none leads inside', async () => {
  expect(await ask(`https://open.test:${port}/to-inside`)).toMatchObject({ status: 302 });
  expect(seen.filter((one) => one !== 'sent')).toEqual([`open.test:${port} /to-inside`]);
});
