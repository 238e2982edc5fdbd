import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeNextRequest, NodeNextResponse } from 'next/dist/server/base-http/node';
import { sendResponse } from 'next/dist/server/send-response';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { networkTransport } from '@/server/connectors/host/transport';
import { abortedResponse, isConnectionDrop } from './connection-drop';
import { sandboxServer } from './serve';
import { type TestSandbox, testSandbox } from './test-sandbox';

let s: TestSandbox;
let token: string;
const servers: Server[] = [];

beforeAll(async () => {
  s = await testSandbox();
});
beforeEach(async () => {
  await s.control('/reset');
  token = (await s.tokens('x', 'mira_draws', ['tweet.read', 'tweet.write', 'users.read'])).accessToken;
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await s.db.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox`;
}

/** Serves the route's own response with Next's code for sending responses of route handlers. */
function nextServer(reported: unknown[]): Server {
  return createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const answer = s
        .handler(
          new Request(`http://sandbox.test${incoming.url}`, {
            method: incoming.method ?? 'GET',
            headers: Object.fromEntries(Object.entries(incoming.headers).map(([k, v]) => [k, String(v)])),
            ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
          }),
        )
        .catch((error: unknown) => {
          if (isConnectionDrop(error)) return abortedResponse();
          throw error;
        });
      answer
        .then((response) =>
          sendResponse(new NodeNextRequest(incoming), new NodeNextResponse(outgoing), response),
        )
        .catch((error: unknown) => reported.push(error));
    });
  });
}

const post = (base: string, text: string, onSent = () => {}) =>
  networkTransport({
    url: `${base}/x/2/tweets`,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    timeoutMs: 5_000,
    onSent,
  });
const texts = async () => {
  const effects = (await (await s.call('GET', '/control/effects?platform=x')).json()) as {
    posts: { text: string }[];
  };
  return effects.posts.map((p) => p.text).sort();
};

for (const kind of ['reset_after', 'timeout_after'] as const)
  for (const host of ['alone', 'in Next'] as const)
    test(`${kind}, ${host}: the caller loses the connection, the effect stays, and the next call is served`, async () => {
      const reported: unknown[] = [];
      const base = await listen(host === 'alone' ? sandboxServer(s.handler) : nextServer(reported));
      await s.control('/faults', { platform: 'x', operation: 'createPosts', kind, count: 1 });
      const onSent = vi.fn();
      const started = Date.now();
      const error: unknown = await post(base, 'lost', onSent).then(
        (answer) => answer,
        (e: unknown) => e,
      );
      // Neither a response of any status nor the client's own time-out.
      expect(error).toBeInstanceOf(Error);
      expect(String((error as { code?: string }).code)).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
      expect(Date.now() - started).toBeLessThan(4_000);
      expect(onSent).toHaveBeenCalledOnce();
      // Next reports errors during sending as faults of the app, but a deliberate drop is not one.
      expect(reported).toEqual([]);
      const next = await post(base, 'after');
      expect(next.status).toBe(201);
      expect(await texts()).toEqual(['after', 'lost']);
    });

test("the process's own Request and Response are unchanged after the sandbox has responded", async () => {
  const before = { Request: globalThis.Request, Response: globalThis.Response };
  const base = await listen(sandboxServer(s.handler));
  await fetch(`${base}/x/2/users/me`);
  expect(globalThis.Request).toBe(before.Request);
  expect(globalThis.Response).toBe(before.Response);
});
