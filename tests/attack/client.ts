import { connect, type Socket } from 'node:net';

export interface Answer {
  /** Status code, or 0 if the connection ended without a response. */
  status: number;
  head: string;
  body: string;
  /** Bytes of the request that were sent before the response arrived. */
  sent: number;
  ms: number;
  /** Whether the server closed the connection. */
  closed: boolean;
}

/** Maximum length of the response that is kept, in bytes: enough to identify it. */
const MAX_RESPONSE = 64 * 1024;

/**
 * Sends these bytes unchanged over a new connection and returns the response. Stops pulling from `pieces` as soon as a response arrives.
 * Resolves when the server closes the connection, or on a timeout.
 * @param o.from the local address (127.0.0.0/8) to connect from
 */
export function send(
  port: number,
  pieces: Iterable<string | Buffer>,
  o: { timeoutMs: number; everyMs?: number; from?: string },
): Promise<Answer> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket: Socket = connect({
      port,
      host: '127.0.0.1',
      ...(o.from ? { localAddress: o.from } : {}),
    });
    const source = pieces[Symbol.iterator]();
    let received = '';
    let sent = 0;
    let over = false;
    const end = (closed: boolean) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.destroy();
      const [head = '', ...rest] = received.split('\r\n\r\n');
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1] ?? 0);
      resolve({ status, head, body: rest.join('\r\n\r\n'), sent, ms: performance.now() - began, closed });
    };
    const timer = setTimeout(() => end(false), o.timeoutMs);
    const next = () => {
      if (over || received !== '' || socket.destroyed) return;
      const { value, done } = source.next();
      if (done) return;
      sent += value.length;
      const more = () => (o.everyMs ? setTimeout(next, o.everyMs) : setImmediate(next));
      if (socket.write(value)) more();
      else socket.once('drain', more);
    };
    socket.setEncoding('latin1');
    socket.on('connect', next);
    socket.on('data', (text: string) => {
      if (received.length < MAX_RESPONSE) received += text;
      if (received.startsWith('HTTP/1.1 100')) {
        const rest = received.indexOf('\r\n\r\n');
        if (rest >= 0) received = received.slice(rest + 4);
      } else if (isOpenStream(received)) end(false);
    });
    socket.on('error', () => {});
    socket.on('close', () => end(true));
    socket.on('end', () => end(true));
  });
}

/** Whether this is a response that does not end on its own: an event stream stays open. */
const isOpenStream = (received: string): boolean =>
  received.includes('\r\n\r\n') && /\r\ncontent-type: text\/event-stream/i.test(received);

/** Opens connections from one address and sends nothing on them. `open` counts those that the server has not closed. */
export async function idle(port: number, from: string, count: number) {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    socket.on('error', () => {});
    return socket;
  });
  await Promise.all(
    sockets.map((socket) => new Promise<void>((done) => socket.once('connect', done).once('close', done))),
  );
  return {
    open: () => sockets.filter((socket) => !socket.destroyed && socket.readable).length,
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
