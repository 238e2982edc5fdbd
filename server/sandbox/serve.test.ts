import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { sandboxServer } from './serve';

test('the sandbox’s server leaves the process’s own Request and Response alone', async () => {
  const before = [globalThis.Request, globalThis.Response];
  const server = sandboxServer(async (request) => new Response(new URL(request.url).pathname));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/sandbox/here`);
  expect(await answer.text()).toBe('/sandbox/here');
  expect([globalThis.Request, globalThis.Response]).toEqual(before);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
