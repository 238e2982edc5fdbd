import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { log } from '@/server/foundation/log';
import { isDropped } from './dropped';

// The library puts its own Request and Response in place of the process's unless told not to, and from then on Next refuses what its own
// code answers ("Expected an instance of Response"): every page behind the sign-in would fail.
const LEAVE_GLOBALS = { overrideGlobalObjects: false };

/** An HTTP server over the sandbox's handler. Where a fault says that no answer comes, the caller's connection is reset. */
export function sandboxServer(handle: (request: Request) => Promise<Response>): Server {
  return createServer((incoming, outgoing) => {
    const listener = getRequestListener(async (request) => {
      try {
        return await handle(request);
      } catch (error) {
        if (isDropped(error)) incoming.socket.destroy();
        else log().error({ err: error }, 'the sandbox failed');
        return new Response('The sandbox failed', { status: 500 });
      }
    }, LEAVE_GLOBALS);
    void listener(incoming, outgoing);
  });
}
