import { subscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

// Next creates its server internally and does not expose it, so this process observes its servers and their connections through Node's
// diagnostics channels (https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#built-in-channels).

/** Calls `listener` for each new connection to an HTTP server of this process. */
export function onConnection(listener: (server: Server, socket: Socket) => void): void {
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server?: unknown } };
    if (socket.server instanceof Server) listener(socket.server, socket);
  });
}

export interface RequestStart {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/** Calls `listener` for each request to an HTTP server of this process once its head is complete, before the server's own listeners run. */
export function onRequest(listener: (beginning: RequestStart) => void): void {
  subscribe('http.server.request.start', (message) => listener(message as RequestStart));
}

/**
 * Returns the HTTP servers that keep this process alive. Relies on an undocumented function, because Node has no documented way to find a
 * server that other code created. Without it, the list is empty.
 */
export function openServers(): Server[] {
  const handles = (process as { _getActiveHandles?: () => unknown[] })._getActiveHandles?.() ?? [];
  return handles.filter((handle) => handle instanceof Server);
}

/** The connections that this process opened itself: both addresses and ports, as the called side sees them. */
const own = new Set<string>();
const plain = (address = ''): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
const endpointsOf = (caller: [string?, number?], called: [string?, number?]): string =>
  `${plain(caller[0])} ${caller[1]} ${plain(called[0])} ${called[1]}`;

let watching = false;
/** Starts recording which connections this process opens itself. */
export function watchOwnConnections(): void {
  if (watching) return;
  watching = true;
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket };
    // Not earlier, because Node caches the port when it is first read.
    socket.once('connect', () => {
      const endpoints = endpointsOf(
        [socket.localAddress, socket.localPort],
        [socket.remoteAddress, socket.remotePort],
      );
      own.add(endpoints);
      socket.once('close', () => own.delete(endpoints));
    });
  });
}

/**
 * Whether this process itself is at the other end of a connection to one of its servers. Both sides see the same two addresses and ports,
 * so no other process can imitate it. Known at the end of the event-loop turn in which the connection was made.
 */
export const isOwnConnection = (socket: Socket): boolean =>
  own.size > 0 &&
  own.has(endpointsOf([socket.remoteAddress, socket.remotePort], [socket.localAddress, socket.localPort]));
