import { GET } from '@/app/api/health/route';
import { getDb } from '@/db/client';
import { boot } from './boot';

/** Starts a process as the server does, for boot.test.ts: boots twice, as two bundles do, and reports when it is healthy. */
async function main() {
  await Promise.all([boot(), boot()]);
  for (;;) {
    const health = await GET();
    if (health.status === 200) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  const db = await getDb();
  const { workspaces } = await import('@/db/schema');
  const found = await db.asSystem((tx) => tx.select({ name: workspaces.name }).from(workspaces));
  process.stdout.write(`healthy ${found.length}\n`);
}
void main();
