import path from 'node:path';
import { openDb } from '@/db/client';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { keepSweeping, sandboxHandler } from './handler';
import { sandboxServer } from './serve';

/**
 * Runs the sandbox alone on its own port, for load and fault tests, where a dropped connection is really dropped. Uses its own folder, or
 * the database of DATABASE_URL.
 */
const port = Number(process.env.SANDBOX_PORT ?? 4010);
const appUrl = process.env.SANDBOX_APP_URL ?? env().appUrl;
const dataDir = process.env.SANDBOX_DATA_DIR ?? path.join(env().dataDir, 'sandbox-alone');
const db = await openDb({
  url: env().DATABASE_URL,
  driver: env().DATABASE_DRIVER,
  dataDir: dataDir.startsWith('memory://') ? dataDir : path.join(dataDir, 'pglite'),
});
await db.migrate();
const handle = sandboxHandler({
  db,
  clock: systemClock,
  publicUrl: process.env.SANDBOX_PUBLIC_URL ?? `http://localhost:${port}/sandbox`,
  appUrl,
  internalAppUrl: process.env.SANDBOX_INTERNAL_APP_URL ?? appUrl,
});

const stopSweeping = keepSweeping(handle);
const server = sandboxServer(handle);
server.listen(port, env().HOST ?? '127.0.0.1', () =>
  console.log(`The sandbox listens on http://localhost:${port}/sandbox`),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopSweeping();
    server.closeAllConnections();
    server.close(() => void db.close().then(() => process.exit(0)));
  });
