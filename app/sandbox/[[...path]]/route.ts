import { env } from '@/server/foundation/env';
import { brokenResponse, isDropped } from '@/server/sandbox/dropped';
import { sandbox } from '../door';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

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
