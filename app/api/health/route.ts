import { healthChecks } from './checks';

export const dynamic = 'force-dynamic';

const shared = globalThis as typeof globalThis & { __tributaryHealth?: ReturnType<typeof healthChecks> };

/**
 * 200 only when the database is open, migrated and takes a row, the folder of files takes a file, and the background work is alive. Says which
 * part is down. Answers within five seconds whatever hangs; an answer holds for two.
 */
export async function GET(): Promise<Response> {
  shared.__tributaryHealth ??= healthChecks();
  const { ok, ...parts } = await shared.__tributaryHealth();
  return Response.json(
    { status: ok ? 'ok' : 'unavailable', ...parts },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
}
