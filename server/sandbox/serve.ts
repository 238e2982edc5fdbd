import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { log } from '@/server/foundation/log';
import { isSenderGone } from '@/server/foundation/sender-faults';
import { isDropped } from './dropped';

/** An HTTP server over the sandbox's handler. Where a fault says that no answer comes, the caller's connection is reset. */
export function sandboxServer(handle: (request: Request) => Promise<Response>): Server {
  const listener = getRequestListener(
    async (request, { incoming }) => {
      try {
        return await handle(request);
      } catch (error) {
        if (isDropped(error)) incoming.socket.destroy();
        else if (!isSenderGone(error)) log().error({ err: error }, 'the sandbox failed');
        return new Response('The sandbox failed', { status: 500 });
      }
    },
    // It may share a process with Next, which knows its own Request and Response and no others.
    { overrideGlobalObjects: false },
  );
  return createServer((incoming, outgoing) => void listener(incoming, outgoing));
}
