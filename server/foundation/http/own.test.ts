import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import { watchOwnConnections } from './node-channels';
import { GUARD_DEFAULTS, type GuardSettings, guardServer } from './request-guard';

const over: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of over.splice(0)) await end();
});

async function standing(handler: RequestListener, settings: Partial<GuardSettings>) {
  watchOwnConnections();
  const server = createServer(handler);
  const guard = guardServer(server, { ...GUARD_DEFAULTS, appUrl: 'http://app.test', ...settings });
  server.on('connection', (socket) => guard.meet(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  over.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { guard, port: (server.address() as AddressInfo).port };
}

/** Connects as another client on this machine: connections opened by a worker thread do not appear on the channels of this thread. */
function somebody(port: number, count: number, path: string) {
  const worker = new Worker(
    `const { parentPort, workerData: { port, count, path } } = require('node:worker_threads');
     const { connect } = require('node:net');
     for (let i = 0; i < count; i++) {
       let heard = '';
       const socket = connect(port, '127.0.0.1', () => path && socket.write('GET ' + path + ' HTTP/1.1\\r\\nHost: app.test\\r\\nConnection: close\\r\\n\\r\\n'));
       socket.setEncoding('latin1').on('data', (text) => { heard += text; });
       socket.on('error', () => {}).on('close', () => parentPort.postMessage(heard));
     }`,
    { eval: true, workerData: { port, count, path } },
  );
  const heard: string[] = [];
  worker.on('message', (text: string) => heard.push(text));
  over.push(() => worker.terminate());
  return heard;
}

test('requests of this process to itself neither wait for a slot nor take one', async () => {
  const { port } = await standing(
    (request, response) => {
      // As in a redirect after a server action: Next requests the page from itself while the first request holds its slot.
      if (request.url === '/outer')
        void fetch(`http://127.0.0.1:${port}/inner`)
          .then((inner) => inner.text())
          .then((text) => response.end(`outer ${text}`));
      else response.end('inner');
    },
    { answering: 2 },
  );
  const heard = somebody(port, 10, '/outer');
  await eventually(() => expect(heard).toHaveLength(10));
  for (const text of heard) expect(text).toContain('outer inner');
});

test('a connection of this process counts toward no share of its address and is not closed in favour of others', async () => {
  const { port, guard } = await standing((_, response) => void response.end('done'), {
    connections: 6,
    connectionsPerClient: 3,
    headMs: 60_000,
  });
  const own = connect(port, '127.0.0.1');
  await once(own, 'connect');
  over.push(() => own.destroy());
  somebody(port, 12, '');
  await eventually(() => expect(guard.connected).toBe(4));
  own.write('GET / HTTP/1.1\r\nHost: app.test\r\n\r\n');
  expect(String((await once(own, 'data'))[0])).toContain('200 OK');
});

test('a connection of this process is accepted even when others occupy all', async () => {
  const { port, guard } = await standing(
    (request, response) => {
      if (request.url !== '/held') response.end('done');
    },
    { connections: 3, connectionsPerClient: 2, answering: 1 },
  );
  somebody(port, 2, '/held');
  await eventually(() => expect(guard.connected).toBe(2));
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answer.text()).toBe('done');
});
