import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Effect, StreamPart } from '../kit/connector';
import { isConnectorFault } from '../kit/types';
import { x } from '../x';
import { encodeFile, encodeMultipart } from './multipart';
import { runRequest } from './request';
import { collectBody, networkTransport, type StreamedBody } from './transport';

const MB = 1024 * 1024;
const PIECE = 256 * 1024;

/** A file in pieces that counts what was read of it. It can end early, go on too long, or break at an offset. */
class Source implements StreamPart {
  readonly name: string = 'a "b"\n.mp4';
  readonly mime = 'video/mp4';
  read = 0;
  cancelled = 0;
  constructor(
    readonly bytes: number,
    readonly has = bytes,
    readonly breaksAt = Number.POSITIVE_INFINITY,
  ) {}
  open(): ReadableStream<Uint8Array> {
    let at = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (at >= this.breaksAt) throw new Error('EIO');
          const length = Math.min(PIECE, this.has - at);
          if (length > 0) controller.enqueue(pieceAt(at, length));
          at += length;
          this.read += length;
          if (at >= this.has) controller.close();
        },
        cancel: () => {
          this.cancelled++;
        },
      },
      { highWaterMark: 0 },
    );
  }
}
const pieceAt = (at: number, length: number) => Buffer.alloc(length, (at / PIECE) % 251);
const digestOf = (bytes: number) => {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes; at += PIECE) hash.update(pieceAt(at, Math.min(PIECE, bytes - at)));
  return hash.digest('hex');
};

let handle: (request: IncomingMessage, response: ServerResponse) => void;
let base = '';
let stop: () => void;
beforeEach(async () => {
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => stop());

let effects = 0;
async function send(file: StreamPart, effect: Effect = 'effect', to = base): Promise<unknown> {
  effects = 0;
  return runRequest(
    {
      connector: x,
      base: to,
      secrets: { accessToken: 't', refreshToken: null },
      headers: {},
      transport: networkTransport,
      now: () => new Date(0),
      connectionId: 'con_1',
      beforeEffect: () => effects++,
      onLimits: async () => {},
    },
    { operation: 'send', method: 'POST', path: '/send', multipart: { chat: 7, file }, effect },
    z.object({ ok: z.literal(true) }),
  ).then(
    ({ body }) => body,
    (error: unknown) => (isConnectorFault(error) ? error.kind : error),
  );
}

test('a form of texts and files is what every parser reads', async () => {
  const file = { name: 'ä "1".png', mime: 'image/png', bytes: Buffer.from([0, 13, 10, 255]) };
  const { body, contentType } = await encodeMultipart({
    text: 'Grüße\r\n--x',
    file,
    movie: new Source(300_000),
  });
  const form = await new Response((await collectBody(body)) as BodyInit, {
    headers: { 'content-type': contentType },
  }).formData();
  expect(form.get('text')).toBe('Grüße\r\n--x');
  const sent = form.get('file') as File;
  expect([sent.name, sent.type, Buffer.from(await sent.arrayBuffer())]).toEqual([
    file.name,
    file.mime,
    file.bytes,
  ]);
  const movie = Buffer.from(await (form.get('movie') as File).arrayBuffer());
  expect(createHash('sha256').update(movie).digest('hex')).toBe(digestOf(300_000));
  expect((body as StreamedBody).bytes).toBe(
    (
      await collectBody(
        (
          await encodeMultipart({ text: 'Grüße\r\n--x', file, movie: new Source(300_000) })
        ).body,
      )
    ).length,
  );
});

test('20 MB are read only as fast as they are taken, and never more than one piece ahead', async () => {
  const file = new Source(20 * MB);
  const { body } = await encodeMultipart({ file });
  expect(file.read).toBe(PIECE);
  let taken = 0;
  for await (const chunk of (body as StreamedBody).chunks()) {
    taken += chunk.byteLength;
    expect(file.read - taken).toBeLessThanOrEqual(PIECE);
  }
  expect(file.read).toBe(20 * MB);
  expect(taken).toBe((body as StreamedBody).bytes);
});

test('20 MB arrive whole, with their length announced', async () => {
  const file = new Source(20 * MB);
  let announced: string | undefined;
  let arrived = 0;
  handle = (request, response) => {
    announced = request.headers['content-length'];
    expect(request.headers['transfer-encoding']).toBeUndefined();
    request.on('data', (chunk: Buffer) => {
      arrived += chunk.byteLength;
    });
    request.on('end', () => response.end('{"ok":true}'));
  };
  expect(await send(file)).toEqual({ ok: true });
  expect(effects).toBe(1);
  expect(announced).toBe(String(arrived));
  expect(arrived).toBeGreaterThan(20 * MB);
});

test('a file that cannot be read before anything is sent is a temporary failure, and nothing is sent', async () => {
  let requests = 0;
  handle = (_request, response) => {
    requests++;
    response.end('{"ok":true}');
  };
  expect(await send(new Source(MB, MB, 0))).toBe('transient');
  expect([effects, requests]).toEqual([0, 0]);
});

test.each([
  ['breaks', new Source(4 * MB, 4 * MB, MB)],
  ['is shorter than was said', new Source(4 * MB, 3 * MB)],
  ['is longer than was said', new Source(3 * MB, 4 * MB)],
])('after the first byte, a file that %s leaves the outcome open', async (_, file) => {
  let completed = 0;
  handle = (request, response) => {
    request.resume();
    request.on('end', () => {
      completed++;
      response.end('{"ok":true}');
    });
  };
  expect(await send(file)).toBe('unknown_outcome');
  expect([effects, completed]).toEqual([1, 0]);
  expect(await send(new Source(4 * MB, 4 * MB, MB), 'idempotent')).toBe('transient');
});

test('a platform that breaks off, or was never reached, is told apart; the file is closed', async () => {
  handle = (request) => request.socket.destroy();
  const broken = new Source(20 * MB);
  expect(await send(broken)).toBe('unknown_outcome');
  expect(broken.cancelled).toBe(1);
  const away = new Source(20 * MB);
  stop();
  expect(await send(away)).toBe('transient');
  expect([effects, away.cancelled, away.read]).toEqual([0, 1, PIECE]);
});

test('a file as a body is sent piece by piece, with its type and exact size', async () => {
  const source = new Source(2 * PIECE);
  const received: { type: string | undefined; length: string | undefined; digest: string }[] = [];
  handle = async (request, response) => {
    const hash = createHash('sha256');
    for await (const chunk of request) hash.update(chunk as Buffer);
    const { 'content-type': type, 'content-length': length } = request.headers;
    received.push({ type, length, digest: hash.digest('hex') });
    response.end('{}');
  };
  const run = {
    connector: x,
    base,
    secrets: null,
    headers: {},
    transport: networkTransport,
    now: () => new Date(),
    connectionId: 'con_1',
    onLimits: async () => {},
  };
  const spec = {
    operation: 'put',
    method: 'PUT',
    path: '/file',
    file: source,
    effect: 'idempotent',
  } as const;
  await runRequest(run, spec, z.unknown());
  expect(received).toEqual([{ type: 'video/mp4', length: String(2 * PIECE), digest: digestOf(2 * PIECE) }]);
  const whole = await encodeFile({ name: 'a', mime: '', bytes: new Uint8Array([1, 2]) });
  expect(whole).toMatchObject({ contentType: 'application/octet-stream', body: new Uint8Array([1, 2]) });
  await expect(encodeFile(new Source(PIECE, PIECE, 0))).rejects.toMatchObject({ name: 'FileNotRead' });
});
