import type { AddressInfo } from 'node:net';
import { getDb } from '@/db/client';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { sandboxPublicUrl, setSandboxDoor } from '@/server/foundation/sandbox-config';
import { keepSweeping, type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { sandboxServer } from '@/server/sandbox/serve';

// One for the process: the start file and the routes are bundled apart.
const shared = globalThis as typeof globalThis & { __tributarySandbox?: Promise<SandboxHandler> };

/** This process's sandbox, made at the first use. */
export function sandbox(): Promise<SandboxHandler> {
  shared.__tributarySandbox ??= getDb()
    .then((db) => {
      const handler = sandboxHandler({
        db,
        clock: systemClock,
        publicUrl: sandboxPublicUrl(),
        appUrl: env().appUrl,
        internalAppUrl: `http://127.0.0.1:${env().PORT}`,
      });
      keepSweeping(handler);
      return handler;
    })
    .catch((error) => {
      delete shared.__tributarySandbox;
      throw error;
    });
  return shared.__tributarySandbox;
}

/**
 * Opens a port of its own for the sandbox, on this machine only, for what the connectors ask of it: through the app's pages
 * each call would cost several times as much, and a dropped connection is really dropped here. People's browsers go on to
 * see it under the app's address.
 */
export async function openSandboxDoor(): Promise<void> {
  if (!env().sandbox || env().TRIBUTARY_SANDBOX_URL) return;
  const server = sandboxServer(async (request) => (await sandbox())(request));
  // Longer than any client of ours keeps a connection: none is closed while a request is on its way.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  setSandboxDoor(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox`);
}
