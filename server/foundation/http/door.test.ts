import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DOOR_DEFAULTS, type DoorSettings, type Guard, guard } from './door';
import type { LargeBody } from './limits';

const UPLOAD: LargeBody = {
  route: '/up',
  method: 'POST',
  path: /^\/up$/,
  bytes: 200_000,
  seconds: 60,
  idleSeconds: 15,
  credential: 'bearer',
};
const OWN_UPLOAD: LargeBody = { ...UPLOAD, credential: 'session' };
const LIMIT = 10_000;
const open: { server: Server; sockets: Socket[] }[] = [];
afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  }
});

/** However busy the machine is. */
const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 20_000 });

interface Stand {
  port: number;
  door: Guard;
  /** Moves the door's clock, and lets it look. */
  pass: (ms: number) => void;
  say: (...pieces: (string | Buffer)[]) => Talk;
  /** The same from another address of this machine (127.0.0.0/8). */
  sayFrom: (address: string, ...pieces: (string | Buffer)[]) => Talk;
  handled: string[];
}
interface Talk {
  socket: Socket;
  heard: () => string;
  closed: Promise<string>;
}
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Reads the body whole and says how long it was. */
const echo: Handler = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.end(`<${Buffer.concat(chunks).toString('latin1').length}>`));
  request.on('error', () => {});
};

async function standing(handler: Handler = echo, settings: Partial<DoorSettings> = {}): Promise<Stand> {
  let now = 0;
  const handled: string[] = [];
  const server = createServer((request, response) => {
    handled.push(request.url ?? '');
    handler(request, response);
  });
  const door = guard(server, {
    ...DOOR_DEFAULTS,
    appUrl: 'http://app.test',
    sweepMs: 60_000,
    lingerMs: 200,
    limitFor: (method, path) => (method === UPLOAD.method && UPLOAD.path.test(path) ? UPLOAD : null),
    defaultLimit: { bytes: LIMIT, seconds: 60, idleSeconds: 15 },
    now: () => now,
    ...settings,
  });
  server.on('connection', (socket) => door.meet(socket));
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
    door,
    handled,
    sayFrom,
    pass: (ms) => {
      now += ms;
      door.sweep();
    },
    say: (...pieces) => sayFrom('127.0.0.1', ...pieces),
  };
}

const head = (path = '/', ...lines: string[]) =>
  `POST ${path} HTTP/1.1\r\nHost: app.test\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
const chunked = (path = '/', ...lines: string[]) => head(path, 'Transfer-Encoding: chunked', ...lines);
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const BEARER = 'Authorization: Bearer t';
const GET = 'GET / HTTP/1.1\r\nHost: app.test\r\n\r\n';

describe('a body of the usual size', () => {
  test('comes through as it was sent, however it was cut', async () => {
    const seen: Buffer[] = [];
    const { port } = await standing((request, response) => {
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

  test('is heard of only when it is whole', async () => {
    const { say, handled } = await standing();
    const talk = say(head('/', 'Content-Length: 4', 'Connection: close'), 'ab');
    await eventually(() => expect(talk.socket.bytesWritten).toBeGreaterThan(0));
    expect(handled).toEqual([]);
    talk.socket.write('cd');
    expect(await talk.closed).toContain('<4>');
  });

  test('of a sender who leaves in the middle, nobody hears', async () => {
    const { say, handled, door } = await standing();
    const talk = say(chunked(), chunk('a'.repeat(5000)));
    await eventually(() => expect(door.keptBytes).toBeGreaterThan(0));
    talk.socket.destroy();
    await eventually(() => expect(door.keptBytes).toBe(0));
    expect(handled).toEqual([]);
  });
});

describe('a body that is too large', () => {
  test.each([
    ['announced', [head('/', `Content-Length: ${LIMIT + 1}`)]],
    [
      'announced to a sender who waits for leave',
      [head('/', `Content-Length: ${LIMIT + 1}`, 'Expect: 100-continue')],
    ],
    ['sent in chunks without an end', [chunked(), chunk('a'.repeat(LIMIT)), chunk('b')]],
    ['with a GET', [chunked().replace('POST', 'GET'), chunk('a'.repeat(LIMIT + 1))]],
  ])('%s is refused at once, and nobody hears of it', async (_, pieces) => {
    const { say, handled, door } = await standing();
    const heard = await say(...pieces).closed;
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(heard).not.toContain('100 Continue');
    expect(handled).toEqual([]);
    expect(door.keptBytes).toBe(0);
  });

  test('takes no more memory in pieces of one byte than in one', async () => {
    const { say, door } = await standing();
    say(chunked(), chunk('a').repeat(9000));
    await eventually(() => expect(door.keptBytes).toBeGreaterThan(4000));
    expect(door.keptBytes).toBeLessThanOrEqual(LIMIT);
  });

  test('in a flood of tiny pieces is refused long before its size is', async () => {
    const { say, handled } = await standing(echo, {
      defaultLimit: { bytes: 1_000_000, seconds: 60, idleSeconds: 15 },
    });
    expect(await say(chunked(), chunk('a').repeat(10_001)).closed).toMatch(/^HTTP\/1\.1 413 /);
    expect(handled).toEqual([]);
  });

  test('in a flood of tiny pieces is not read on after its refusal', async () => {
    const { say } = await standing();
    const met: Socket[] = [];
    open.at(-1)?.server.on('connection', (socket: Socket) => met.push(socket));
    expect(await say(chunked(), chunk('a').repeat(1_000_000)).closed).toMatch(/^HTTP\/1\.1 413 /);
    await eventually(() => expect(met[0]?.destroyed).toBe(true));
    expect(met[0]?.bytesRead).toBeLessThan(1_000_000);
  });

  test('one that fits exactly is none', async () => {
    const { say } = await standing();
    expect(
      await say(chunked('/', 'Connection: close'), chunk('a'.repeat(LIMIT)), '0\r\n\r\n').closed,
    ).toContain(`<${LIMIT}>`);
  });

  test('all bodies together have a limit, and those that wait go on when there is room', async () => {
    const { say, door, handled, pass } = await standing(echo, {
      kept: 500_000,
      alwaysKept: 50_000,
      defaultLimit: { bytes: 1_000_000, seconds: 60, idleSeconds: 15 },
    });
    const talks = Array.from({ length: 12 }, () =>
      say(chunked('/', 'Connection: close'), chunk('a'.repeat(400_000))),
    );
    await eventually(() => expect(door.keptBytes).toBeGreaterThan(500_000));
    expect(door.keptBytes).toBeLessThan(12 * 200_000);
    for (const talk of talks) talk.socket.write('0\r\n\r\n');
    for (const talk of talks) {
      await eventually(() => {
        pass(1);
        expect(talk.heard()).toContain('<400000>');
      });
    }
    expect(handled).toHaveLength(12);
    expect(door.keptBytes).toBe(0);
  });
});

describe('a slow sender', () => {
  test.each([
    ['of a head', ['POST / HTTP/1.1\r\nX-A: b\r\n'], 10_001],
    ['of a body that stops', [head('/', 'Content-Length: 10'), 'abc'], 15_001],
    ['of a chunked body that stops', [chunked(), chunk('abc')], 15_001],
  ])('%s is told so and cut off', async (_, pieces, ms) => {
    const { say, pass, door, handled } = await standing();
    const talk = say(...pieces);
    await eventually(() => expect(door.heardBytes).toBe(pieces.join('').length));
    pass(ms - 2);
    expect(talk.heard()).toBe('');
    pass(3);
    expect(await talk.closed).toMatch(/^HTTP\/1\.1 408 /);
    expect(handled).toEqual([]);
  });

  test('who says nothing at all is cut off', async () => {
    const { say, pass, door } = await standing();
    const talk = say();
    await eventually(() => expect(door.connected).toBe(1));
    pass(10_001);
    expect(await talk.closed).toBe('');
  });

  test('who sends a byte now and then has a time for all of it', async () => {
    const { say, pass, door } = await standing();
    const talk = say(head('/', 'Content-Length: 100'));
    let sent = head('/', 'Content-Length: 100').length;
    for (let seconds = 0; seconds < 60; seconds += 10) {
      talk.socket.write('a');
      sent++;
      await eventually(() => expect(door.heardBytes).toBe(sent));
      pass(10_000);
    }
    talk.socket.write('a');
    pass(1);
    expect(await talk.closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('who is slow with the second head of a connection is cut off, too', async () => {
    const { say, pass, door } = await standing();
    const talk = say(head('/', 'Content-Length: 0'));
    await eventually(() => expect(talk.heard()).toContain('<0>'));
    talk.socket.write('POST / HT');
    await eventually(() => expect(door.heardBytes).toBe(head('/', 'Content-Length: 0').length + 9));
    pass(1);
    pass(10_001);
    expect(await talk.closed).toContain(' 408 ');
  });

  test('who does not read the answer is cut off', async () => {
    const { port, pass, door } = await standing((_, response) => {
      response.end(Buffer.alloc(50 * 1024 * 1024));
    });
    const socket = connect(port, '127.0.0.1');
    open.at(-1)?.sockets.push(socket);
    socket.on('error', () => {});
    const closed = new Promise((done) => socket.on('close', done));
    socket.pause().write(GET);
    await eventually(() => {
      pass(1);
      expect(door.unreadBytes).toBeGreaterThan(0);
    });
    pass(60_001);
    pass(60_001);
    await eventually(() => expect(door.connected).toBe(0));
    socket.resume();
    await closed;
  });
});

describe('a declared larger body', () => {
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

  test('wants a sign-in before more than the usual is read', async () => {
    const { say, handled } = await standing(reader);
    expect(await say(head('/up', 'Content-Length: 50000')).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect(await say(chunked('/up'), chunk('a'.repeat(LIMIT + 1))).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect(handled).toEqual([]);
  });

  test('is passed on as it comes', async () => {
    const { say, handled } = await standing(reader);
    const talk = say(chunked('/up', BEARER, 'Connection: close'), chunk('a'.repeat(50_000)));
    await eventually(() => expect(handled).toEqual(['/up']));
    talk.socket.write(`${chunk('b').repeat(3000)}0\r\n\r\n`);
    expect(await talk.closed).toContain('<53000>');
  });

  test.each([
    ['passes its limit', 413, true],
    ['stops in the middle', 408, false],
  ])('whose sender %s breaks off for its reader, and has no end', async (_, status, over) => {
    events.length = 0;
    const { say, pass, handled } = await standing(reader);
    const talk = say(chunked('/up', BEARER), chunk('a'.repeat(1000)));
    await eventually(() => expect(handled).toEqual(['/up']));
    if (over) talk.socket.write(chunk('b'.repeat(200_000)));
    else pass(15_001);
    const heard = await talk.closed;
    expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(heard).not.toContain('<');
    expect(events).toEqual(['aborted', 'The body of the request was refused']);
  });

  test('an answer that is written after the limit was passed goes nowhere', async () => {
    let late: ServerResponse | undefined;
    const { say } = await standing((request, response) => {
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

  test('that is answered before its end closes the connection', async () => {
    const { say } = await standing((_, response) => {
      response.statusCode = 403;
      response.end('no');
    });
    const heard = await say(chunked('/up', BEARER), chunk('a'.repeat(1000)), GET).closed;
    expect(heard).toMatch(/^HTTP\/1\.1 403 /);
    expect(heard.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('many at once', () => {
  test('requests on one connection are answered one at a time and in their order', async () => {
    const waiting: (() => void)[] = [];
    const { say, handled } = await standing((request, response) => {
      waiting.push(() => {
        let body = '';
        request.on('data', (piece: Buffer) => {
          body += piece;
        });
        request.on('end', () => response.end(`<${request.url} ${body}>`));
      });
    });
    const talk = say(
      GET,
      `${head('/b', 'Content-Length: 3')}two`,
      `${chunked('/c', 'Connection: close') + chunk('three')}0\r\n\r\n`,
    );
    await eventually(() => expect(handled).toEqual(['/']));
    waiting.shift()?.();
    await eventually(() => expect(handled).toEqual(['/', '/b']));
    waiting.shift()?.();
    await eventually(() => expect(handled).toEqual(['/', '/b', '/c']));
    waiting.shift()?.();
    expect((await talk.closed).match(/<[^>]*>/g)).toEqual(['</ >', '</b two>', '</c three>']);
  });

  test('a connection with too many requests behind each other is cut', async () => {
    const { say, handled } = await standing(() => {}, { pipelined: 3 });
    expect(await say(GET.repeat(6)).closed).toBe('');
    expect(handled).toEqual(['/']);
  });

  test('only so many are answered at once; the others wait, and not for ever', async () => {
    const answers: ServerResponse[] = [];
    const { say, pass } = await standing((_, response) => answers.push(response), {
      answering: 2,
      queueMs: 5000,
    });
    const talks = [say(GET), say(GET), say(GET), say(GET)];
    await eventually(() => expect(answers).toHaveLength(2));
    answers[0]?.end('a');
    await eventually(() => expect(answers).toHaveLength(3));
    await eventually(() => {
      pass(5001);
      expect(talks.map((t) => t.heard()).join()).toContain(' 503 ');
    });
    expect(answers).toHaveLength(3);
  });

  test('a slow reader keeps no place: the next one is answered', async () => {
    const { say, pass, handled } = await standing(
      (request, response) => {
        if (request.url === '/slow') response.write('the first of much more');
        else response.end('done');
      },
      { answering: 1, placeMs: 3000 },
    );
    const slow = say('GET /slow HTTP/1.1\r\nHost: app.test\r\n\r\n');
    await eventually(() => expect(slow.heard()).toContain('the first'));
    const next = say(GET);
    await eventually(() => expect(handled).toEqual(['/slow']));
    pass(1);
    pass(3001);
    await eventually(() => expect(next.heard()).toContain('done'));
  });

  test('larger bodies on their way take no place, and one sender has only so many', async () => {
    const { say, handled } = await standing(
      (request, response) => {
        if (request.url === '/') response.end('done');
      },
      { answering: 1, uploadsEach: 2, limitFor: (method) => (method === 'POST' ? OWN_UPLOAD : null) },
    );
    const cookie = 'Cookie: authjs.session-token=a';
    const uploads = [1, 2, 3].map(() => say(head('/up', cookie, 'Content-Length: 100000'), 'x'.repeat(10)));
    await eventually(() => expect(uploads.map((u) => u.heard()).join()).toContain(' 503 '));
    const page = say(GET);
    await eventually(() => expect(page.heard()).toContain('done'));
    expect(handled.filter((url) => url === '/up')).toHaveLength(2);
  });

  test('whoever leaves while they wait for a place is forgotten, with the body that was kept', async () => {
    const { say, door } = await standing(() => {}, { answering: 1 });
    say(GET);
    const body = 'x'.repeat(LIMIT);
    const leavers = Array.from({ length: 20 }, () => say(head('/', `Content-Length: ${LIMIT}`), body));
    await eventually(() => expect(door.queued).toBe(20));
    for (const { socket } of leavers) socket.destroy();
    await eventually(() => expect([door.queued, door.connected]).toEqual([0, 1]));
  });
});

describe('connections', () => {
  const KEPT = 'GET /kept HTTP/1.1\r\nHost: app.test\r\n\r\n';
  /** Opens so many from one address, and waits until the door has met them. */
  const idle = async ({ sayFrom, door }: Stand, address: string, count: number, expected = count) => {
    const talks = Array.from({ length: count }, () => sayFrom(address));
    await Promise.all(talks.map(({ socket }) => once(socket, 'connect')));
    await eventually(() => expect(door.connected).toBe(expected));
    return talks;
  };

  test('a thousand idle ones of one sender shut nobody out', async () => {
    const stand = await standing(echo, { connections: 300, connectionsEach: 50 });
    await idle(stand, '127.0.0.1', 1000, 50);
    expect(await stand.sayFrom('127.0.0.2', head('/', 'Connection: close')).closed).toContain('<0>');
    // Nor the sender's own next request.
    expect(await stand.say(head('/', 'Connection: close')).closed).toContain('<0>');
  });

  test('a new one takes the place of the oldest of its sender on which nothing is under way', async () => {
    const held: ServerResponse[] = [];
    const stand = await standing(
      (request, response) => {
        if (request.url === '/held') held.push(response);
        else response.end('done');
      },
      { connectionsEach: 3 },
    );
    const busy = stand.say('GET /held HTTP/1.1\r\nHost: app.test\r\n\r\n');
    await eventually(() => expect(held).toHaveLength(1));
    stand.pass(10);
    const [unused] = await idle(stand, '127.0.0.1', 1, 2);
    stand.pass(10);
    const kept = stand.say(KEPT);
    await eventually(() => expect(kept.heard()).toContain('done'));
    const other = stand.sayFrom('127.0.0.2', KEPT);
    await eventually(() => expect(other.heard()).toContain('done'));
    stand.pass(10);

    const first = stand.say(KEPT);
    await unused?.closed;
    await eventually(() => expect(first.heard()).toContain('done'));
    stand.say(KEPT);
    await kept.closed;
    expect([first, other, busy].map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
    held[0]?.end('late');
    await eventually(() => expect(busy.heard()).toContain('late'));
  });

  test('where a request is under way on all of a sender’s, a further one is told why it is refused', async () => {
    const held: ServerResponse[] = [];
    const onRefused = vi.fn();
    const { say, sayFrom } = await standing((_, response) => held.push(response), {
      connectionsEach: 2,
      onRefused,
    });
    const busy = [say(GET), say(GET)];
    await eventually(() => expect(held).toHaveLength(2));
    const refused = await say(GET).closed;
    expect(refused).toMatch(/^HTTP\/1\.1 429 /);
    expect(refused).toContain('Too many connections from one address');
    expect(onRefused.mock.calls).toEqual([['127.0.0.1', 429]]);
    const other = sayFrom('127.0.0.2', GET);
    await eventually(() => expect(held).toHaveLength(3));
    for (const answer of held) answer.end('done');
    for (const talk of [...busy, other]) await eventually(() => expect(talk.heard()).toContain('done'));
  });

  test('a proxy that people come through has no share of its own, and all have the limit of all', async () => {
    const stand = await standing(echo, {
      connections: 6,
      connectionsEach: 2,
      senderAt: (address) => (address === '127.0.0.1' ? null : (address ?? null)),
    });
    const proxied = await idle(stand, '127.0.0.1', 5);
    const others = await idle(stand, '127.0.0.2', 2, 6);
    // The sender with a share gives its oldest up, a proxy's come last.
    await others[0]?.closed;
    others[1]?.socket.write(GET);
    await eventually(() => expect(others[1]?.heard()).toContain('<0>'));
    expect(proxied.every(({ socket }) => !socket.destroyed)).toBe(true);
  });

  test('who sends slowly on all of them shuts nobody out', async () => {
    const stand = await standing(echo, { connections: 12, connectionsEach: 4 });
    const slow = ['127.0.0.2', '127.0.0.3', '127.0.0.4'].flatMap((address) =>
      Array.from({ length: 4 }, () => stand.sayFrom(address, chunked(), chunk('a'.repeat(100)))),
    );
    await eventually(() => expect(stand.door.keptBytes).toBe(12 * 1024));
    const served = stand.say('GET / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n');
    expect(await served.closed).toContain('200 OK');
    expect(slow.filter(({ socket }) => socket.destroyed).length).toBeLessThanOrEqual(4);
  });

  test('where a request is under way on all of them, a further one is told that there is no room', async () => {
    const { sayFrom, handled } = await standing(() => {}, { connections: 3 });
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    for (const address of addresses) sayFrom(address, GET);
    await eventually(() => expect(handled).toHaveLength(3));
    expect(await sayFrom('127.0.0.4', GET).closed).toMatch(/^HTTP\/1\.1 503 /);
    expect(handled).toHaveLength(3);
  });

  test('however they come and go, no sender has more than its share, and none is counted that is gone', async () => {
    const stand = await standing((_, response) => response.end('done'), {
      connections: 9,
      connectionsEach: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            who: fc.integer({ min: 1, max: 3 }),
            what: fc.constantFrom('open', 'open', 'ask', 'leave'),
          }),
          { minLength: 20, maxLength: 40 },
        ),
        async (moves) => {
          const mine = new Map<number, Talk[]>();
          const of = (who: number) => mine.get(who) ?? mine.set(who, []).get(who) ?? [];
          for (const { who, what } of moves) {
            if (what === 'leave') of(who).pop()?.socket.destroy();
            else of(who).push(stand.sayFrom(`127.0.0.${who}`, ...(what === 'ask' ? [GET] : [])));
          }
          // One more is always let in, whatever was before.
          const last = stand.sayFrom('127.0.0.5', GET);
          await eventually(() => expect(last.heard()).toContain('done'));
          expect(stand.door.connected).toBeLessThanOrEqual(9);
          for (const { socket } of [...mine.values(), [last]].flat()) socket.destroy();
          await eventually(() => expect(stand.door.connected).toBe(0));
        },
      ),
      { numRuns: 30 },
    );
  });
});

test('the places go round among senders: many of one do not come before the one of another', async () => {
  const answers: ServerResponse[] = [];
  const { say, sayFrom, door } = await standing((_, response) => answers.push(response), {
    answering: 2,
  });
  for (let i = 0; i < 6; i++) say(GET);
  await eventually(() => expect([answers.length, door.queued]).toEqual([2, 4]));
  const other = sayFrom('127.0.0.2', GET);
  await eventually(() => expect(door.queued).toBe(5));
  answers[0]?.end('one');
  await eventually(() => expect(answers).toHaveLength(3));
  answers[2]?.end('other');
  await eventually(() => expect(other.heard()).toContain('other'));
});

test('bodies of one sender, however slow, leave room for those of others', async () => {
  const { say, sayFrom, door } = await standing(echo, {
    kept: 2_500_000,
    keptEach: 200_000,
    alwaysKept: 20_000,
    defaultLimit: { bytes: 1_000_000, seconds: 60, idleSeconds: 15 },
  });
  for (let i = 0; i < 10; i++) say(chunked(), chunk('a'.repeat(900_000)));
  await eventually(() => expect(door.keptBytes).toBeGreaterThan(1_800_000));
  const body = 'b'.repeat(90_000);
  const other = sayFrom('127.0.0.2', chunked('/', 'Connection: close'), chunk(body), '0\r\n\r\n');
  expect(await other.closed).toContain('<90000>');
});

describe('a larger body whose signature covers all of it', () => {
  const SIGNED: LargeBody = { ...UPLOAD, credential: 'signature', kept: true };
  const signature = `x-inngest-signature: t=1&s=${'0a'.repeat(32)}`;
  const settings: Partial<DoorSettings> = {
    limitFor: (method) => (method === 'POST' ? SIGNED : null),
    keptLarge: 300_000,
    keptLargeEach: 150_000,
    alwaysKept: 10_000,
  };

  test('is heard of when it is whole, and is taken up to its limit', async () => {
    const { say, handled } = await standing(echo, settings);
    const talk = say(chunked('/up', signature, 'Connection: close'), chunk('a'.repeat(50_000)));
    await eventually(() => expect(talk.socket.bytesWritten).toBeGreaterThan(50_000));
    expect(handled).toEqual([]);
    talk.socket.write('0\r\n\r\n');
    expect(await talk.closed).toContain('<50000>');
    const over = await say(chunked('/up', signature), chunk('a'.repeat(200_001))).closed;
    expect(over).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('without a signature never has more than the usual', async () => {
    const { say, handled, door } = await standing(echo, settings);
    expect(await say(chunked('/up'), chunk('a'.repeat(LIMIT + 1))).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect(await say(head('/up', `Content-Length: ${LIMIT + 1}`)).closed).toMatch(/^HTTP\/1\.1 401 /);
    expect([handled, door.keptBytes]).toEqual([[], 0]);
  });

  test('has a limit together with all others of its kind, and takes nothing from ordinary bodies', async () => {
    const { say, sayFrom, door } = await standing(echo, { ...settings, kept: 50_000 });
    const senders = Array.from({ length: 20 }, (_, i) => `127.0.0.${i + 1}`);
    const talks = senders.map((from) =>
      sayFrom(from, chunked('/up', signature, 'Connection: close'), chunk('a'.repeat(150_000))),
    );
    await eventually(() => expect(door.keptBytes).toBeGreaterThan(300_000));
    // The limit, what each may always have, and what one has grown by when it was passed.
    expect(door.keptBytes).toBeLessThan(300_000 + 20 * 140_000);
    expect(await say(head('/', 'Content-Length: 3', 'Connection: close'), 'abc').closed).toContain('<3>');
    for (const { socket } of talks) socket.write('0\r\n\r\n');
    for (const talk of talks) expect(await talk.closed).toContain('<150000>');
    expect(door.keptBytes).toBe(0);
  });
});

test('every answer has the headers that are set for all, and keeps its own', async () => {
  const { say } = await standing(
    (request, response) => {
      if (request.url === '/own') response.setHeader('X-Policy', 'own');
      response.end();
    },
    { answerHeaders: { 'X-Policy': 'general' } },
  );
  expect(await say(head('/', 'Connection: close')).closed).toContain('X-Policy: general');
  expect(await say(head('/own', 'Connection: close')).closed).toContain('X-Policy: own');
  expect(await say(head('/%00')).closed).toContain('X-Policy: general');
});

test('bodies that are whole and wait for an answer count, too', async () => {
  const { sayFrom, door, handled, pass } = await standing(() => {}, {
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
  // The first piece of each, and the few that were whole before the limit was reached.
  expect(door.keptBytes).toBeLessThan(6_000_000);
});

test('signed bodies that were read leave room for the next, however long their answers take', async () => {
  const { sayFrom, handled } = await standing((request) => void request.resume(), {
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

test.each([
  ['two hosts', GET.replace('Host: app.test', 'Host: app.test\r\nhost: evil.example')],
  ['chunks in HTTP/1.0', `${chunked().replace('HTTP/1.1', 'HTTP/1.0')}${chunk('abc')}0\r\n\r\n`],
  ['a length beside chunks', `${chunked('/', 'Content-Length: 3')}${chunk('abc')}0\r\n\r\n`],
  ['two codings in transfer', `${chunked('/', 'Transfer-Encoding: chunked')}${chunk('abc')}0\r\n\r\n`],
])('a head that proxies may read in another way is refused: %s', async (_, text) => {
  const { say, handled } = await standing();
  expect(await say(text).closed).toMatch(/^HTTP\/1\.1 400 /);
  expect(handled).toEqual([]);
});

test.each([
  ['parts of a query', 400, (count: number) => GET.replace('/ ', `/?${'a=1&'.repeat(count)} `)],
  ['cookies', 431, (count: number) => GET.replace('Host', `Cookie: ${'a=1; '.repeat(count)}b=1\r\nHost`)],
])('a head of very many %s is refused', async (_, status, text) => {
  const { say, handled } = await standing();
  expect(await say(text(201)).closed).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(handled).toEqual([]);
  const talk = say(text(200));
  await eventually(() => expect(talk.heard()).toContain('<0>'));
});

test('nobody is told to go on who has nothing to send', async () => {
  const { say } = await standing();
  expect(await say(head('/', 'Expect: 100-continue', 'Connection: close')).closed).not.toContain(
    '100 Continue',
  );
  const sender = say(head('/', 'Expect: 100-continue', 'Content-Length: 3', 'Connection: close'));
  await eventually(() => expect(sender.heard()).toContain('100 Continue'));
  sender.socket.write('abc');
  expect(await sender.closed).toContain('<3>');
});

test('a request of HTTP/1.0 without a host is answered under the address of the installation', async () => {
  const { say } = await standing((request, response) => response.end(`host ${request.headers.host}`));
  expect(await say('GET / HTTP/1.0\r\n\r\n').closed).toContain('host app.test');
});
