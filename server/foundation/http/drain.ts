import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onRequest, openServers } from './node-channels';

/** How long to wait for a connection that has never had a request, because its first one may still be on its way. */
const UNUSED_MS = 1000;
const LOOK_EVERY_MS = 50;

export interface HttpDrain {
  /** Returns the addresses on which servers listen on this port. */
  addresses(port: number): string[];
  /**
   * Accepts no new connections, closes idle ones and waits for the requests in progress; after `limitMs` their connections are cut. A
   * request that begins meanwhile is answered, and its connection is closed afterwards.
   */
  drain(limitMs: number): Promise<void>;
}

/**
 * Watches the HTTP servers that keep this process alive. Next creates its server internally and does not expose it, so it is found among
 * the open handles, and its requests through Node's diagnostics channel.
 */
export function watchHttp(servers: () => Server[] = openServers): HttpDrain {
  const known = new Set<Server>();
  // By socket, because a response that never got its turn on an abandoned connection never emits `close`.
  const sockets = new Map<Socket, { answers: Set<ServerResponse>; used: boolean }>();
  let draining = false;

  const stateOf = (socket: Socket) => {
    let state = sockets.get(socket);
    if (!state) {
      state = { answers: new Set(), used: false };
      sockets.set(socket, state);
      socket.once('close', () => sockets.delete(socket));
    }
    return state;
  };
  const meet = (server: Server) => {
    if (known.has(server)) return;
    known.add(server);
    server.on('connection', stateOf);
  };
  onRequest(({ request, response, server }) => {
    // Other servers, such as the sandbox's own port, do not serve the app.
    if (!known.has(server)) return;
    const state = stateOf(request.socket);
    state.used = true;
    state.answers.add(response);
    response.once('close', () => state.answers.delete(response));
    if (draining) response.shouldKeepAlive = false;
  });
  for (const server of servers()) meet(server);

  return {
    addresses: (port) =>
      servers().flatMap((server) => {
        const address = server.address();
        return address && typeof address === 'object' && address.port === port ? [address.address] : [];
      }),
    async drain(limitMs) {
      draining = true;
      for (const server of servers()) meet(server);
      const began = performance.now();
      // Announces the end of the connection in every response whose head was not sent yet.
      for (const { answers } of sockets.values())
        for (const answer of answers) if (!answer.headersSent) answer.shouldKeepAlive = false;
      let open = known.size;
      for (const server of known)
        server.close(() => {
          open--;
        });
      while (open > 0) {
        const passed = performance.now() - began;
        if (passed >= limitMs) {
          for (const server of known) server.closeAllConnections();
          for (const socket of sockets.keys()) socket.destroy();
          return;
        }
        for (const [socket, { answers, used }] of sockets)
          if (answers.size === 0 && (used || passed >= UNUSED_MS)) socket.destroySoon();
        await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
      }
    },
  };
}
