import { subscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

// Next makes its server by itself and hands it to nobody. What this process has to know about its servers and their connections is told
// by Node's own channels (https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#built-in-channels), read here only.

/** Calls back for each connection that is made to an HTTP server of this process. */
export function onConnection(listener: (server: Server, socket: Socket) => void): void {
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server?: unknown } };
    if (socket.server instanceof Server) listener(socket.server, socket);
  });
}

export interface Beginning {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/** Calls back for each request to an HTTP server of this process whose head is whole, before the server's own listeners hear of it. */
export function onRequest(listener: (beginning: Beginning) => void): void {
  subscribe('http.server.request.start', (message) => listener(message as Beginning));
}

/**
 * The HTTP servers that keep this process alive. Node has no documented way to a server that somebody else made. Without this one,
 * nothing is found.
 */
export function openServers(): Server[] {
  const handles = (process as { _getActiveHandles?: () => unknown[] })._getActiveHandles?.() ?? [];
  return handles.filter((handle) => handle instanceof Server);
}

/** The connections that this process has made itself: both addresses and ports, as the called side sees them. */
const own = new Set<string>();
const plain = (address = ''): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
const endpointsOf = (caller: [string?, number?], called: [string?, number?]): string =>
  `${plain(caller[0])} ${caller[1]} ${plain(called[0])} ${called[1]}`;

let watching = false;
/** From now on it is known of a connection whether this process itself made it. */
export function watchOwnConnections(): void {
  if (watching) return;
  watching = true;
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket };
    // Not before: Node keeps the first answer that it gives to the question for the port.
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
 * Whether this very process is at the other end of a connection to one of its servers. Both sides of a connection have the same two
 * addresses and ports, so nobody else can look like it. Known as soon as the events of the turn in which it was made are over.
 */
export const isOwnConnection = (socket: Socket): boolean =>
  own.size > 0 &&
  own.has(endpointsOf([socket.remoteAddress, socket.remotePort], [socket.localAddress, socket.localPort]));
