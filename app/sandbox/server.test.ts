import { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resetEnv } from '@/server/foundation/env';
import { sandboxInternalUrl } from '@/server/foundation/sandbox-config';
import { startSandboxServer } from './server';

const servers: Server[] = [];
let next: () => Server;
vi.mock('@/server/sandbox/serve', () => ({
  sandboxServer: () => {
    const server = next();
    servers.push(server);
    return server;
  },
}));

beforeEach(() => {
  vi.stubEnv('TRIBUTARY_SANDBOX', '1');
  vi.stubEnv('TRIBUTARY_LOG', 'silent');
  resetEnv();
  next = () => createServer((_, answer) => answer.end('here'));
});
afterEach(() => {
  for (const server of servers.splice(0)) if (server.listening) server.close();
  Reflect.deleteProperty(globalThis, '__tributarySandboxAddress');
  vi.unstubAllEnvs();
  resetEnv();
});

test('the sandbox listens on one local port per process', async () => {
  await startSandboxServer();
  await startSandboxServer();
  expect(servers).toHaveLength(1);
  expect(servers[0]?.address()).toMatchObject({ address: '127.0.0.1' });
  expect(await (await fetch(sandboxInternalUrl())).text()).toBe('here');
});

test('without a free port the app continues and the sandbox is reached through it', async () => {
  next = () => Object.assign(new EventEmitter(), { listen: () => refused(), listening: false }) as never;
  const refused = () => servers[0]?.emit('error', new Error('listen EMFILE'));
  await startSandboxServer();
  expect(sandboxInternalUrl()).toMatch(/:3000\/sandbox$/);
});

test('opens no port without the sandbox or with a standalone one', async () => {
  vi.stubEnv('TRIBUTARY_SANDBOX_URL', 'http://127.0.0.1:4999/sandbox/');
  resetEnv();
  await startSandboxServer();
  expect(sandboxInternalUrl()).toBe('http://127.0.0.1:4999/sandbox');
  vi.stubEnv('TRIBUTARY_SANDBOX', '');
  vi.stubEnv('TRIBUTARY_SANDBOX_URL', undefined);
  resetEnv();
  await startSandboxServer();
  expect(servers).toEqual([]);
});
