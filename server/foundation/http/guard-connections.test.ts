import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import {
  chunk,
  chunked,
  echo,
  GET,
  type GuardedServer,
  head,
  startGuardedServer,
  type Talk,
} from './testing';

describe('connections', () => {
  const KEPT = 'GET /kept HTTP/1.1\r\nHost: app.test\r\n\r\n';
  /** Opens `count` connections from one address, and waits until the guard has registered them. */
  const idle = async (
    { sayFrom, guard }: GuardedServer,
    address: string,
    count: number,
    expected = count,
  ) => {
    const talks = Array.from({ length: count }, () => sayFrom(address));
    await Promise.all(talks.map(({ socket }) => once(socket, 'connect')));
    await eventually(() => expect(guard.connected).toBe(expected));
    return talks;
  };

  test('a thousand idle connections of one client lock nobody out', async () => {
    const server = await startGuardedServer(echo, { connections: 300, connectionsPerClient: 50 });
    await idle(server, '127.0.0.1', 1000, 50);
    expect(await server.sayFrom('127.0.0.2', head('/', 'Connection: close')).closed).toContain('<0>');
    // The client's own next request is not blocked either.
    expect(await server.say(head('/', 'Connection: close')).closed).toContain('<0>');
  });

  test('a new connection replaces the oldest idle one of its client', async () => {
    const held: ServerResponse[] = [];
    const server = await startGuardedServer(
      (request, response) => {
        if (request.url === '/held') held.push(response);
        else response.end('done');
      },
      { connectionsPerClient: 3 },
    );
    const busy = server.say('GET /held HTTP/1.1\r\nHost: app.test\r\n\r\n');
    await eventually(() => expect(held).toHaveLength(1));
    server.pass(10);
    const [unused] = await idle(server, '127.0.0.1', 1, 2);
    server.pass(10);
    const kept = server.say(KEPT);
    await eventually(() => expect(kept.heard()).toContain('done'));
    const other = server.sayFrom('127.0.0.2', KEPT);
    await eventually(() => expect(other.heard()).toContain('done'));
    server.pass(10);

    const first = server.say(KEPT);
    await unused?.closed;
    await eventually(() => expect(first.heard()).toContain('done'));
    server.say(KEPT);
    await kept.closed;
    expect([first, other, busy].map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
    held[0]?.end('late');
    await eventually(() => expect(busy.heard()).toContain('late'));
  });

  test('a client with requests in progress on its whole share is told why a further connection is refused', async () => {
    const held: ServerResponse[] = [];
    const onRefused = vi.fn();
    const { say, sayFrom } = await startGuardedServer((_, response) => held.push(response), {
      connectionsPerClient: 2,
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

  test('a proxy that serves many users has no share of its own, and the total limit applies to everyone', async () => {
    const server = await startGuardedServer(echo, {
      connections: 6,
      connectionsPerClient: 2,
      senderAt: (address) => (address === '127.0.0.1' ? null : (address ?? null)),
    });
    const proxied = await idle(server, '127.0.0.1', 5);
    const others = await idle(server, '127.0.0.2', 2, 6);
    // The client with a share gives up its oldest connection; those of the proxy come last.
    await others[0]?.closed;
    others[1]?.socket.write(GET);
    await eventually(() => expect(others[1]?.heard()).toContain('<0>'));
    expect(proxied.every(({ socket }) => !socket.destroyed)).toBe(true);
  });

  test('clients that send slowly on all connections lock nobody out', async () => {
    const server = await startGuardedServer(echo, { connections: 12, connectionsPerClient: 4 });
    const slow = ['127.0.0.2', '127.0.0.3', '127.0.0.4'].flatMap((address) =>
      Array.from({ length: 4 }, () => server.sayFrom(address, chunked(), chunk('a'.repeat(100)))),
    );
    await eventually(() => expect(server.guard.keptBytes).toBe(12 * 1024));
    const served = server.say('GET / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n');
    expect(await served.closed).toContain('200 OK');
    expect(slow.filter(({ socket }) => socket.destroyed).length).toBeLessThanOrEqual(4);
  });

  test('with requests in progress on all connections, a further one gets a 503', async () => {
    const { sayFrom, handled } = await startGuardedServer(() => {}, { connections: 3 });
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    for (const address of addresses) sayFrom(address, GET);
    await eventually(() => expect(handled).toHaveLength(3));
    expect(await sayFrom('127.0.0.4', GET).closed).toMatch(/^HTTP\/1\.1 503 /);
    expect(handled).toHaveLength(3);
  });

  test('whatever the order of opening and closing, no client exceeds its share and no closed connection is counted', async () => {
    const server = await startGuardedServer((_, response) => response.end('done'), {
      connections: 9,
      connectionsPerClient: 4,
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
            else of(who).push(server.sayFrom(`127.0.0.${who}`, ...(what === 'ask' ? [GET] : [])));
          }
          // One more client is always let in, whatever happened before.
          const last = server.sayFrom('127.0.0.5', GET);
          await eventually(() => expect(last.heard()).toContain('done'));
          expect(server.guard.connected).toBeLessThanOrEqual(9);
          for (const { socket } of [...mine.values(), [last]].flat()) socket.destroy();
          await eventually(() => expect(server.guard.connected).toBe(0));
        },
      ),
      { numRuns: 30 },
    );
  });
});
