import { once } from 'node:events';
import { Agent, createServer, get, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { watchHttp } from './drain';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts a server whose responses wait until the test sends them. */
async function start(listen: [number, string] = [0, '127.0.0.1']) {
  const waiting: ServerResponse[] = [];
  let came = () => {};
  const server = createServer((_, answer) => {
    waiting.push(answer);
    came();
  });
  servers.push(server);
  server.listen(...listen);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const http = watchHttp(() => [server]);
  const until = async (count: number) => {
    while (waiting.length < count)
      await new Promise<void>((done) => {
        came = done;
      });
  };
  return { http, port, server, waiting, until };
}

const ask = (port: number, agent: Agent) =>
  new Promise<{ status: number; connection: string | undefined; body: string }>((done, fail) => {
    get({ port, host: '127.0.0.1', agent }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () =>
        done({ status: answer.statusCode ?? 0, connection: answer.headers.connection, body }),
      );
    }).on('error', fail);
  });

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

test('draining answers all pending requests, accepts no new connections and closes idle ones', async () => {
  const { http, port, waiting, until } = await start();
  const agent = new Agent({ keepAlive: true });
  const before = ask(port, agent);
  await until(1);
  waiting[0]?.end('before');
  expect((await before).connection).toBe('keep-alive');
  // One connection is idle, many have a request in progress, and one has never been used.
  const unused = await open(port);
  const asked = Array.from({ length: 100 }, () => ask(port, new Agent({ keepAlive: true })));
  await until(101);
  let over = false;
  const drained = http.drain(60_000).then(() => {
    over = true;
  });
  await expect(ask(port, new Agent())).rejects.toThrow(/ECONNREFUSED/);
  expect(over).toBe(false);
  for (const answer of waiting.slice(1)) answer.end('done');
  for (const answer of await Promise.all(asked))
    expect(answer).toEqual({ status: 200, connection: 'close', body: 'done' });
  await drained;
  await (unused.destroyed || once(unused, 'close'));
});

test('a response whose head was sent is completed, and its connection is closed afterwards', async () => {
  const { http, port, waiting, until } = await start();
  const asked = ask(port, new Agent({ keepAlive: true }));
  await until(1);
  waiting[0]?.write('first ');
  waiting[0]?.flushHeaders();
  const drained = http.drain(60_000);
  waiting[0]?.end('last');
  expect((await asked).body).toBe('first last');
  await drained;
});

test('requests that do not end are cut when the time limit is reached', async () => {
  const { http, port, until, server } = await start();
  const asked = ask(port, new Agent({ keepAlive: true }));
  asked.catch(() => {});
  const upload = request({ port, host: '127.0.0.1', method: 'POST' });
  upload.on('error', () => {});
  upload.write('half');
  await until(2);
  await http.drain(100);
  await expect(asked).rejects.toThrow(/hang up|ECONNRESET/);
  expect(server.listening).toBe(false);
});

test('returns the addresses on which servers listen on a port', async () => {
  const here = await start();
  expect(here.http.addresses(here.port)).toEqual(['127.0.0.1']);
  expect(here.http.addresses(here.port + 1)).toEqual([]);
  const everywhere = await start([0, '0.0.0.0']);
  expect(everywhere.http.addresses(everywhere.port)).toEqual(['0.0.0.0']);
  // Servers created elsewhere are found without being passed in.
  expect(watchHttp().addresses(everywhere.port)).toEqual(['0.0.0.0']);
});
