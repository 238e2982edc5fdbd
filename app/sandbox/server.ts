import type { AddressInfo } from 'node:net';
import { getDb } from '@/db/client';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { log } from '@/server/foundation/log';
import { hasSandboxAddress, sandboxPublicUrl, setSandboxAddress } from '@/server/foundation/sandbox-config';
import { keepSweeping, type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { sandboxServer } from '@/server/sandbox/serve';

// One per process, because the start file and the routes are bundled separately.
const shared = globalThis as typeof globalThis & { __tributarySandbox?: Promise<SandboxHandler> };

/** Returns this process's sandbox, which is created on first use. */
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
 * Opens a separate port for the sandbox, on this machine only, for the requests of the connectors: through the app's pages each request
 * would cost several times as much, and only here can the sandbox really drop a connection. Browsers still see the sandbox at the app's
 * address. If no port can be opened, the connectors use the app's address, too.
 */
export async function startSandboxServer(): Promise<void> {
  // In development this file may start again in the same process.
  if (!env().sandbox || env().TRIBUTARY_SANDBOX_URL || hasSandboxAddress()) return;
  const server = sandboxServer(async (request) => (await sandbox())(request));
  // Longer than any of our clients keeps a connection, so that none is closed while a request is in flight.
  server.keepAliveTimeout = 60_000;
  const open = await new Promise<boolean>((resolve) => {
    server.on('error', (err) => {
      log().warn({ err }, 'the sandbox could not open its own port; requests go through the app');
      resolve(false);
    });
    server.listen(0, '127.0.0.1', () => resolve(true));
  });
  if (!open) return;
  server.unref();
  setSandboxAddress(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox`);
}
