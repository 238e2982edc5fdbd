import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { log } from '@/server/foundation/log';
import { isSenderGone } from '@/server/foundation/sender-faults';
import { isConnectionDrop } from './connection-drop';

/** Creates an HTTP server for the sandbox's handler. If a fault prevents the response, the server resets the client's connection. */
export function sandboxServer(handle: (request: Request) => Promise<Response>): Server {
  const listener = getRequestListener(
    async (request, { incoming }) => {
      try {
        return await handle(request);
      } catch (error) {
        if (isConnectionDrop(error)) incoming.socket.destroy();
        else if (!isSenderGone(error)) log().error({ err: error }, 'the sandbox failed');
        return new Response('The sandbox failed', { status: 500 });
      }
    },
    // The server may share a process with Next, which accepts only its own Request and Response.
    { overrideGlobalObjects: false },
  );
  return createServer((incoming, outgoing) => void listener(incoming, outgoing));
}
