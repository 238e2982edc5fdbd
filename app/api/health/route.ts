import { healthChecks } from './checks';

export const dynamic = 'force-dynamic';

const shared = globalThis as typeof globalThis & { __tributaryHealth?: ReturnType<typeof healthChecks> };

/**
 * Returns 200 only when the database is open, migrated and writable, the files folder is writable, and the background work is alive.
 * Otherwise names the failing part. Responds within five seconds whatever hangs; a result is reused for two.
 */
export async function GET(): Promise<Response> {
  shared.__tributaryHealth ??= healthChecks();
  const { ok, ...parts } = await shared.__tributaryHealth();
  return Response.json(
    { status: ok ? 'ok' : 'unavailable', ...parts },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
}
