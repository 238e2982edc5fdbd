import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { allowSlowUploads } from './slow-requests';

let server: Server | undefined;
const portOf = (it: Server): number => (it.address() as AddressInfo).port;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server as Next makes it, with short times. */
async function listening(requestTimeout: number, headersTimeout: number): Promise<number> {
  server = createServer(
    { requestTimeout, headersTimeout, connectionsCheckingInterval: 20 },
    (request, answer) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => answer.end(`${bytes} bytes`));
      request.on('error', () => {});
    },
  );
  const it = server;
  await new Promise<void>((done) => it.listen(0, '127.0.0.1', done));
  return portOf(it);
}

/** Sends these pieces, one every `everyMs`, and answers all that came back until the connection ended. */
const send = (port: number, pieces: readonly string[], everyMs: number): Promise<string> =>
  new Promise((resolve) => {
    let said = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8');
    let next = 0;
    const timer = setInterval(() => {
      const piece = pieces[next++];
      if (piece !== undefined && socket.writable) socket.write(piece);
    }, everyMs);
    socket.on('data', (text: string) => {
      said += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve(said);
    });
  });

const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 10\r\n\r\n';
const slowly = [HEAD, ...'0123456789'];

test('a slow request ends in the middle by itself, and comes through with the longer time', async () => {
  expect(await send(await listening(300, 200), slowly, 100)).toMatch(/^HTTP\/1\.1 408|^$/);
  allowSlowUploads(60_000);
  expect(await send(await listening(300, 200), slowly, 100)).toMatch(/10 bytes/);
  // Whoever does not even send a head is ended as before, also on a server that has met its first request.
  const port = server ? portOf(server) : 0;
  const began = performance.now();
  expect(
    await send(port, ['POST / HTTP/1.1\r\n', ...Array.from({ length: 200 }, () => 'X-A: b\r\n')], 50),
  ).toMatch(/^HTTP\/1\.1 408|^$/);
  expect(performance.now() - began).toBeLessThan(8_000);
});
