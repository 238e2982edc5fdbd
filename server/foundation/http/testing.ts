// A server behind the request guard, for its tests.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import type { LargeBody } from './limits';
import { GUARD_DEFAULTS, type Guard, type GuardSettings, guardServer } from './request-guard';

export const UPLOAD: LargeBody = {
  route: '/up',
  method: 'POST',
  path: /^\/up$/,
  bytes: 200_000,
  seconds: 60,
  idleSeconds: 15,
  credential: 'bearer',
};
export const OWN_UPLOAD: LargeBody = { ...UPLOAD, credential: 'session' };
export const LIMIT = 10_000;
/** The servers of the running test, with their sockets. */
export const open: { server: Server; sockets: Socket[] }[] = [];
afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  }
});

export interface GuardedServer {
  port: number;
  guard: Guard;
  /** Advances the guard's clock and runs its checks. */
  pass: (ms: number) => void;
  say: (...pieces: (string | Buffer)[]) => Talk;
  /** Like `say`, from another address of this machine (127.0.0.0/8). */
  sayFrom: (address: string, ...pieces: (string | Buffer)[]) => Talk;
  handled: string[];
}
export interface Talk {
  socket: Socket;
  heard: () => string;
  closed: Promise<string>;
}
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Reads the complete body and responds with its length. */
export const echo: Handler = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.end(`<${Buffer.concat(chunks).toString('latin1').length}>`));
  request.on('error', () => {});
};

/** Starts a guarded server on a local port, with functions that talk to it byte by byte. It is closed after each test. */
export async function startGuardedServer(
  handler: Handler = echo,
  settings: Partial<GuardSettings> = {},
): Promise<GuardedServer> {
  let now = 0;
  const handled: string[] = [];
  const server = createServer((request, response) => {
    handled.push(request.url ?? '');
    handler(request, response);
  });
  const guard = guardServer(server, {
    ...GUARD_DEFAULTS,
    appUrl: 'http://app.test',
    sweepMs: 60_000,
    lingerMs: 200,
    limitFor: (method, path) => (method === UPLOAD.method && UPLOAD.path.test(path) ? UPLOAD : null),
    defaultLimit: { bytes: LIMIT, seconds: 60, idleSeconds: 15 },
    now: () => now,
    ...settings,
  });
  server.on('connection', (socket) => guard.meet(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  open.push({ server, sockets });
  const sayFrom = (localAddress: string, ...pieces: (string | Buffer)[]): Talk => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    sockets.push(socket);
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      heard += text;
    });
    socket.on('error', () => {});
    const closed = new Promise<string>((done) => socket.on('close', () => done(heard)));
    for (const piece of pieces) socket.write(piece);
    return { socket, heard: () => heard, closed };
  };
  return {
    port,
    guard,
    handled,
    sayFrom,
    pass: (ms) => {
      now += ms;
      guard.sweep();
    },
    say: (...pieces) => sayFrom('127.0.0.1', ...pieces),
  };
}

export const head = (path = '/', ...lines: string[]) =>
  `POST ${path} HTTP/1.1\r\nHost: app.test\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
export const chunked = (path = '/', ...lines: string[]) => head(path, 'Transfer-Encoding: chunked', ...lines);
export const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
export const BEARER = 'Authorization: Bearer t';
export const GET = 'GET / HTTP/1.1\r\nHost: app.test\r\n\r\n';
