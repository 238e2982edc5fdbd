import { getDb } from '@/db/client';
import { systemClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { sandboxPublicUrl } from '@/server/foundation/sandbox-config';
import { brokenResponse, isDropped } from '@/server/sandbox/dropped';
import { keepSweeping, type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

const shared = globalThis as typeof globalThis & { __tributarySandbox?: Promise<SandboxHandler> };

function sandbox(): Promise<SandboxHandler> {
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

/** The stand-in platforms, only where the sandbox is switched on. */
async function serve(request: Request): Promise<Response> {
  if (!env().sandbox) return new Response('Not found', { status: 404 });
  const handle = await sandbox();
  try {
    return await handle(request);
  } catch (error) {
    if (isDropped(error)) return brokenResponse();
    throw error;
  }
}

export {
  serve as DELETE,
  serve as GET,
  serve as HEAD,
  serve as OPTIONS,
  serve as PATCH,
  serve as POST,
  serve as PUT,
};
