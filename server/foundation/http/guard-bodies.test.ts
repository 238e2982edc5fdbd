import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import type { LargeBody } from './limits';
import type { GuardSettings } from './request-guard';
import {
  BEARER,
  chunk,
  chunked,
  echo,
  GET,
  type Handler,
  head,
  LIMIT,
  open,
  startGuardedServer,
  UPLOAD,
} from './testing';

describe('ordinary bodies', () => {
  test('a body arrives unchanged, however it is split', async () => {
    const seen: Buffer[] = [];
    const { port } = await startGuardedServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (piece: Buffer) => chunks.push(piece));
      request.on('end', () => {
        seen.push(Buffer.concat(chunks));
        response.end('ok');
      });
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 900 }), { maxLength: 10 }),
        async (pieces) => {
          async function* body() {
            yield* pieces;
          }
          const answer = await fetch(`http://127.0.0.1:${port}/`, {
            method: 'POST',
            body: body(),
            duplex: 'half',
          } as never);
          expect(await answer.text()).toBe('ok');
          expect(seen.at(-1)).toEqual(Buffer.concat(pieces));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a request is handled only when its body is complete', async () => {
    const { say, handled } = await startGuardedServer();
    const talk = say(head('/', 'Content-Length: 4', 'Connection: close'), 'ab');
    await eventually(() => expect(talk.socket.bytesWritten).toBeGreaterThan(0));
    expect(handled).toEqual([]);
    talk.socket.write('cd');
    expect(await talk.closed).toContain('<4>');
  });

  test('a request whose client disconnects in the middle is never handled', async () => {
    const { say, handled, guard } = await startGuardedServer();
    const talk = say(chunked(), chunk('a'.repeat(5000)));
    await eventually(() => expect(guard.keptBytes).toBeGreaterThan(0));
    talk.socket.destroy();
    await eventually(() => expect(guard.keptBytes).toBe(0));
    expect(handled).toEqual([]);
  });
});

describe('oversized bodies', () => {
  test.each([
    ['announced by its length', [head('/', `Content-Length: ${LIMIT + 1}`)]],
    ['announced with an Expect header', [head('/', `Content-Length: ${LIMIT + 1}`, 'Expect: 100-continue')]],
    ['sent in chunks', [chunked(), chunk('a'.repeat(LIMIT)), chunk('b')]],
    ['sent with a GET', [chunked().replace('POST', 'GET'), chunk('a'.repeat(LIMIT + 1))]],
  ])('an oversized body %s is refused immediately and never handled', async (_, pieces) => {
    const { say, handled, guard } = await startGuardedServer();
    const heard = await say(...pieces).closed;
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(heard).not.toContain('100 Continue');
    expect(handled).toEqual([]);
    expect(guard.keptBytes).toBe(0);
  });

  test('a body in one-byte pieces takes no more memory than one in a single piece', async () => {
    const { say, guard } = await startGuardedServer();
    say(chunked(), chunk('a').repeat(9000));
    await eventually(() => expect(guard.keptBytes).toBeGreaterThan(4000));
    expect(guard.keptBytes).toBeLessThanOrEqual(LIMIT);
  });

  test('a flood of tiny pieces is refused long before the size limit is reached', async () => {
    const { say, handled } = await startGuardedServer(echo, {
      defaultLimit: { bytes: 1_000_000, seconds: 60, idleSeconds: 15 },
    });
    expect(await say(chunked(), chunk('a').repeat(10_001)).closed).toMatch(/^HTTP\/1\.1 413 /);
    expect(handled).toEqual([]);
  });

  test('a flood of tiny pieces is not read any further after its refusal', async () => {
    const { say } = await startGuardedServer();
    const met: Socket[] = [];
    open.at(-1)?.server.on('connection', (socket: Socket) => met.push(socket));
    expect(await say(chunked(), chunk('a').repeat(1_000_000)).closed).toMatch(/^HTTP\/1\.1 413 /);
    await eventually(() => expect(met[0]?.destroyed).toBe(true));
    expect(met[0]?.bytesRead).toBeLessThan(1_000_000);
  });

  test('a body of exactly the maximum size is accepted', async () => {
    const { say } = await startGuardedServer();
    expect(
      await say(chunked('/', 'Connection: close'), chunk('a'.repeat(LIMIT)), '0\r\n\r\n').closed,
    ).toContain(`<${LIMIT}>`);
  });

  test('all bodies share a memory limit, and those that wait continue when memory is free', async () => {
    const { say, guard, handled, pass } = await startGuardedServer(echo, {
      kept: 500_000,
      alwaysKept: 50_000,
      defaultLimit: { bytes: 1_000_000, seconds: 60, idleSeconds: 15 },
    });
    const talks = Array.from({ length: 12 }, () =>
      say(chunked('/', 'Connection: close'), chunk('a'.repeat(400_000))),
    );
    await eventually(() => expect(guard.keptBytes).toBeGreaterThan(500_000));
    expect(guard.keptBytes).toBeLessThan(12 * 200_000);
    for (const talk of talks) talk.socket.write('0\r\n\r\n');
    for (const talk of talks) {
      await eventually(() => {
        pass(1);
        expect(talk.heard()).toContain('<400000>');
      });
    }
    expect(handled).toHaveLength(12);
    expect(guard.keptBytes).toBe(0);
  });
});

describe('slow clients', () => {
  test.each([
    ['of an incomplete head', ['POST / HTTP/1.1\r\nX-A: b\r\n'], 10_001],
    ['of a stalled body', [head('/', 'Content-Length: 10'), 'abc'], 15_001],
    ['of a stalled chunked body', [chunked(), chunk('abc')], 15_001],
  ])('the sender %s gets a 408 and is disconnected', async (_, pieces, ms) => {
    const { say, pass, guard, handled } = await startGuardedServer();
    const talk = say(...pieces);
    await eventually(() => expect(guard.heardBytes).toBe(pieces.join('').length));
    pass(ms - 2);
    expect(talk.heard()).toBe('');
    pass(3);
    expect(await talk.closed).toMatch(/^HTTP\/1\.1 408 /);
    expect(handled).toEqual([]);
  });

  test('a client that sends nothing is disconnected', async () => {
    const { say, pass, guard } = await startGuardedServer();
    const talk = say();
    await eventually(() => expect(guard.connected).toBe(1));
    pass(10_001);
    expect(await talk.closed).toBe('');
  });

  test('a client that sends a byte now and then has a time limit for the complete body', async () => {
    const { say, pass, guard } = await startGuardedServer();
    const talk = say(head('/', 'Content-Length: 100'));
    let sent = head('/', 'Content-Length: 100').length;
    for (let seconds = 0; seconds < 60; seconds += 10) {
      talk.socket.write('a');
      sent++;
      await eventually(() => expect(guard.heardBytes).toBe(sent));
      pass(10_000);
    }
    talk.socket.write('a');
    pass(1);
    expect(await talk.closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a client that sends the second head of a connection too slowly is disconnected, too', async () => {
    const { say, pass, guard } = await startGuardedServer();
    const talk = say(head('/', 'Content-Length: 0'));
    await eventually(() => expect(talk.heard()).toContain('<0>'));
    talk.socket.write('POST / HT');
    await eventually(() => expect(guard.heardBytes).toBe(head('/', 'Content-Length: 0').length + 9));
    pass(1);
    pass(10_001);
    expect(await talk.closed).toContain(' 408 ');
  });

  test('a client that does not read the response is disconnected', async () => {
    const { port, pass, guard } = await startGuardedServer((_, response) => {
      response.end(Buffer.alloc(50 * 1024 * 1024));
    });
    const socket = connect(port, '127.0.0.1');
    open.at(-1)?.sockets.push(socket);
    socket.on('error', () => {});
    const closed = new Promise((done) => socket.on('close', done));
    socket.pause().write(GET);
    await eventually(() => {
      pass(1);
      expect(guard.unreadBytes).toBeGreaterThan(0);
    });
    pass(60_001);
    pass(60_001);
    await eventually(() => expect(guard.connected).toBe(0));
    socket.resume();
    await closed;
  });
});

describe('larger bodies', () => {
  const reader: Handler = (request, response) => {
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    request.on('end', () => response.end(`<${bytes}>`));
    request.on('error', (error) => events.push(error.message));
    request.on('aborted', () => events.push('aborted'));
  };
  const events: string[] = [];

  test('a larger body requires a credential before more than the usual size is read', async () => {
    const { say, handled } = await startGuardedServer(reader);
    expect(await say(head('/up', 'Content-Length: 50000')).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect(await say(chunked('/up'), chunk('a'.repeat(LIMIT + 1))).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect(handled).toEqual([]);
  });

  test('a larger body is passed on as it arrives', async () => {
    const { say, handled } = await startGuardedServer(reader);
    const talk = say(chunked('/up', BEARER, 'Connection: close'), chunk('a'.repeat(50_000)));
    await eventually(() => expect(handled).toEqual(['/up']));
    talk.socket.write(`${chunk('b').repeat(3000)}0\r\n\r\n`);
    expect(await talk.closed).toContain('<53000>');
  });

  test.each([
    ['exceeds its limit', 413, true],
    ['stalls halfway', 408, false],
  ])('a body whose sender %s is aborted for its reader and never ends', async (_, status, over) => {
    events.length = 0;
    const { say, pass, handled } = await startGuardedServer(reader);
    const talk = say(chunked('/up', BEARER), chunk('a'.repeat(1000)));
    await eventually(() => expect(handled).toEqual(['/up']));
    if (over) talk.socket.write(chunk('b'.repeat(200_000)));
    else pass(15_001);
    const heard = await talk.closed;
    expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(heard).not.toContain('<');
    expect(events).toEqual(['aborted', 'The request body was refused']);
  });

  test('a response written after the limit was exceeded is discarded', async () => {
    let late: ServerResponse | undefined;
    const { say } = await startGuardedServer((request, response) => {
      request.resume().on('error', () => {});
      late = response;
    });
    const heard = await say(chunked('/up', BEARER), chunk('a'.repeat(200_001))).closed;
    late?.on('error', (error) => {
      throw error;
    });
    late?.writeHead(200);
    late?.write('late');
    late?.end('later');
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(heard).not.toContain('late');
  });

  test('a response sent before the end of the body closes the connection', async () => {
    const { say } = await startGuardedServer((_, response) => {
      response.statusCode = 403;
      response.end('no');
    });
    const heard = await say(chunked('/up', BEARER), chunk('a'.repeat(1000)), GET).closed;
    expect(heard).toMatch(/^HTTP\/1\.1 403 /);
    expect(heard.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

test('the bodies of one client, however slow, leave memory for those of others', async () => {
  const { say, sayFrom, guard } = await startGuardedServer(echo, {
    kept: 2_500_000,
    keptEach: 200_000,
    alwaysKept: 20_000,
    defaultLimit: { bytes: 1_000_000, seconds: 60, idleSeconds: 15 },
  });
  for (let i = 0; i < 10; i++) say(chunked(), chunk('a'.repeat(900_000)));
  await eventually(() => expect(guard.keptBytes).toBeGreaterThan(1_800_000));
  const body = 'b'.repeat(90_000);
  const other = sayFrom('127.0.0.2', chunked('/', 'Connection: close'), chunk(body), '0\r\n\r\n');
  expect(await other.closed).toContain('<90000>');
});

describe('larger bodies with a signature', () => {
  const SIGNED: LargeBody = { ...UPLOAD, credential: 'signature', kept: true };
  const signature = `x-inngest-signature: t=1&s=${'0a'.repeat(32)}`;
  const settings: Partial<GuardSettings> = {
    limitFor: (method) => (method === 'POST' ? SIGNED : null),
    keptLarge: 300_000,
    keptLargeEach: 150_000,
    alwaysKept: 10_000,
  };

  test('a signed body is handled only when complete, and accepted up to its limit', async () => {
    const { say, handled } = await startGuardedServer(echo, settings);
    const talk = say(chunked('/up', signature, 'Connection: close'), chunk('a'.repeat(50_000)));
    await eventually(() => expect(talk.socket.bytesWritten).toBeGreaterThan(50_000));
    expect(handled).toEqual([]);
    talk.socket.write('0\r\n\r\n');
    expect(await talk.closed).toContain('<50000>');
    const over = await say(chunked('/up', signature), chunk('a'.repeat(200_001))).closed;
    expect(over).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a body without a signature is limited to the usual size', async () => {
    const { say, handled, guard } = await startGuardedServer(echo, settings);
    expect(await say(chunked('/up'), chunk('a'.repeat(LIMIT + 1))).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect(await say(head('/up', `Content-Length: ${LIMIT + 1}`)).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect([handled, guard.keptBytes]).toEqual([[], 0]);
  });

  test('signed bodies share a memory limit of their own and take nothing from ordinary bodies', async () => {
    const { say, sayFrom, guard } = await startGuardedServer(echo, { ...settings, kept: 50_000 });
    const senders = Array.from({ length: 20 }, (_, i) => `127.0.0.${i + 1}`);
    const talks = senders.map((from) =>
      sayFrom(from, chunked('/up', signature, 'Connection: close'), chunk('a'.repeat(150_000))),
    );
    await eventually(() => expect(guard.keptBytes).toBeGreaterThan(300_000));
    // The limit, plus for each body its guaranteed memory and the growth that exceeded the limit.
    expect(guard.keptBytes).toBeLessThan(300_000 + 20 * 140_000);
    expect(await say(head('/', 'Content-Length: 3', 'Connection: close'), 'abc').closed).toContain('<3>');
    for (const { socket } of talks) socket.write('0\r\n\r\n');
    for (const talk of talks) expect(await talk.closed).toContain('<150000>');
    expect(guard.keptBytes).toBe(0);
  });
});

test('complete bodies that wait for a response count, too', async () => {
  const { sayFrom, guard, handled, pass } = await startGuardedServer(() => {}, {
    kept: 500_000,
    alwaysKept: 50_000,
    answering: 1,
    defaultLimit: { bytes: 1_000_000, seconds: 60, idleSeconds: 15 },
  });
  for (let i = 1; i <= 20; i++)
    sayFrom(`127.0.0.${i}`, head('/', 'Content-Length: 600000'), 'a'.repeat(600_000));
  await eventually(() => {
    pass(1);
    expect(handled).toHaveLength(1);
  });
  for (let turn = 0; turn < 300; turn++) {
    pass(1);
    await new Promise((done) => setImmediate(done));
  }
  // The first piece of each body, and the few bodies that were complete before the limit was reached.
  expect(guard.keptBytes).toBeLessThan(6_000_000);
});

test('signed bodies that were read free their memory, however long their responses take', async () => {
  const { sayFrom, handled } = await startGuardedServer((request) => void request.resume(), {
    limitFor: (method) =>
      method === 'POST' ? { ...UPLOAD, credential: 'signature' as const, kept: true as const } : null,
    keptLarge: 150_000,
    keptLargeEach: 150_000,
    alwaysKept: 1000,
  });
  for (let i = 0; i < 5; i++)
    sayFrom(
      '127.0.0.1',
      head('/up', `x-inngest-signature: t=1&s=${'0a'.repeat(32)}`, 'Content-Length: 100000'),
      'a'.repeat(100_000),
    );
  await eventually(() => expect(handled).toHaveLength(5));
});
