import { channel } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { resetEnv } from './env';
import { isFromThisMachine, isLoopbackHost, senderOf, watchPeers } from './peer';

/** Configures trusted proxies until the end of the test. */
function trust(ranges: string): void {
  vi.stubEnv('TRUSTED_PROXIES', ranges);
  resetEnv();
}
afterEach(() => {
  vi.unstubAllEnvs();
  resetEnv();
});

const isLocal = (headers: IncomingMessage['headers']) =>
  isFromThisMachine(new Headers(Object.entries(headers).map(([k, v]): [string, string] => [k, String(v)])));

describe('before `watchPeers` runs', () => {
  it('no request counts as local, whatever its headers say', () => {
    expect(isLocal({ host: 'localhost:3000', 'x-tributary-peer': 'undefined' })).toBe(false);
    expect(isLocal({ host: 'localhost:3000' })).toBe(false);
  });
});

describe('a request over a real socket', () => {
  let server: Server;
  let port: number;
  /** The headers that the handler received last. */
  let seen: IncomingMessage['headers'] = {};
  beforeAll(async () => {
    watchPeers();
    server = createServer((req, res) => {
      seen = req.headers;
      res.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((done) => server.close(done)));
  const send = (headers: Record<string, string>) =>
    new Promise<boolean>((resolve, reject) =>
      request({ host: '127.0.0.1', port, headers }, (res) => {
        res.resume().on('end', () => resolve(isLocal(seen)));
      })
        .on('error', reject)
        .end(),
    );

  it.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'tributary.localhost'])(
    'is local when it comes directly from this machine to %s',
    async (host) => expect(await send({ host })).toBe(true),
  );
  it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example', '192.168.1.5:3000', '0.0.0.0'])(
    'is not local when a browser on this machine was led here as “%s”',
    async (host) => expect(await send({ host })).toBe(false),
  );
  it.each([
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-for', '203.0.113.9'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['via', '1.1 proxy'],
    ['x-forwarded-host', 'localhost'],
  ])('is not local behind a proxy (%s: %s)', async (name, value) => {
    expect(await send({ host: 'localhost:3000', [name]: value })).toBe(false);
  });
  it('is not local with a forged marker, and stays local with a genuine one', async () => {
    expect(await send({ host: 'localhost', 'x-tributary-peer': 'guess' })).toBe(false);
    expect(await send({ host: 'localhost' })).toBe(true);
    const mark = String(seen['x-tributary-peer']);
    // Next requests a page from itself with the headers of the first request and an X-Forwarded-For that it fills in.
    expect(await send({ host: 'localhost', 'x-tributary-peer': mark, 'x-forwarded-for': '127.0.0.1' })).toBe(
      true,
    );
    expect(await send({ host: 'localhost', 'x-tributary-peer': 'elsewhere' })).toBe(false);
  });
});

describe('the address of the socket', () => {
  /** Publishes the event that Node emits when a request begins, with an address that this machine need not have. */
  const arrive = (remoteAddress: string | undefined, headers: Record<string, string> = {}) => {
    const message = { headers: { host: 'localhost:3000', ...headers }, socket: { remoteAddress } };
    channel('http.server.request.start').publish({ request: message });
    return isLocal(message.headers);
  };
  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('%s counts as this machine', (address) =>
    expect(arrive(address)).toBe(true),
  );
  it.each([
    '192.168.1.7',
    '10.0.0.1',
    '203.0.113.9',
    '::ffff:203.0.113.9',
    'fe80::1%eth0',
    'nonsense',
    undefined,
  ])('%s does not count as this machine, even with localhost as the host', (address) => {
    expect(arrive(address)).toBe(false);
    expect(arrive(address, { 'x-forwarded-for': '127.0.0.1' })).toBe(false);
    expect(arrive(address, { 'x-tributary-peer': 'x' })).toBe(false);
  });
});

describe('the client of a request', () => {
  const clientOf = (remoteAddress: string | undefined, headers: Record<string, string>) => {
    const message = { headers: { ...headers }, socket: { remoteAddress } };
    channel('http.server.request.start').publish({ request: message });
    return senderOf(new Headers(message.headers));
  };
  it('is determined by the socket or a trusted proxy, never by the client itself', () => {
    expect(clientOf('203.0.113.9', { 'x-forwarded-for': '1.1.1.1', 'x-tributary-client': '1.1.1.1' })).toBe(
      '203.0.113.9',
    );
    expect(clientOf('10.0.0.2', { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' })).toBe('10.0.0.2');
    trust('10.0.0.0/8');
    expect(clientOf('10.0.0.2', { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' })).toBe('203.0.113.9');
    expect(clientOf(undefined, { 'x-tributary-client': '1.1.1.1' })).toBe(null);
  });
});

describe('forwarding headers', () => {
  const CLAIMS = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-port': '1',
    forwarded: 'host=evil.example',
  };
  const kept = (remoteAddress: string) => {
    const message = { headers: { host: 'a.test', ...CLAIMS }, socket: { remoteAddress } };
    channel('http.server.request.start').publish({ request: message });
    return Object.keys(CLAIMS).filter((name) => name in message.headers);
  };
  it.each(['127.0.0.1', '10.0.0.2', '203.0.113.9'])('are removed when %s sends them', (remote) => {
    expect(kept(remote)).toEqual([]);
  });
  it('are kept when a configured proxy sends them', () => {
    trust('10.0.0.2');
    expect(kept('10.0.0.2')).toEqual(Object.keys(CLAIMS));
    expect(kept('10.0.0.3')).toEqual([]);
  });
});

it('recognizes loopback names', () => {
  expect(['localhost', 'LOCALHOST:80', '127.1', '[::1]'].every(isLoopbackHost)).toBe(true);
  expect(['example.com', 'localhost.example.com', '', '1.2.3.4', 'a b', '[::2]'].some(isLoopbackHost)).toBe(
    false,
  );
});
