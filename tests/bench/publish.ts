import path from 'node:path';
import { sql } from 'drizzle-orm';
import { type Db, openDb } from '@/db/client';
import { newId } from '@/server/foundation/ids';
import { removeFolder, scratchFolder, startApp } from './app';
import { percentile, report } from './figure';

const N = 1_000;

/** Publications through the whole app (embedded database, embedded runner, the sandbox's X): spread over a minute, and all at one second. */
export async function publish(): Promise<void> {
  await scenario('spread_60s', (i) => Math.floor((i * 60_000) / N), 60_000);
  await scenario('same_second', () => 0, 0);
}

async function scenario(name: string, offset: (i: number) => number, span: number): Promise<void> {
  const dataDir = scratchFolder();
  // The first start makes the demo workspace with its sandbox connections.
  await (await startApp({ dataDir })).stop();
  const folder = path.join(dataDir, 'pglite');
  const before = await openDb({ dataDir: folder });
  const dueFrom = Date.now() + 30_000;
  await fill(before, (i) => new Date(dueFrom + offset(i)));
  await before.close();

  const app = await startApp({ dataDir });
  let resident = app.residentMiB();
  const until = dueFrom + span + 90_000;
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    resident = Math.max(resident, app.residentMiB());
    if (Date.now() > dueFrom + span && (await effects(app.url)) >= N) break;
  }
  // The last rows are written right after the last effect.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await app.stop();

  const after = await openDb({ dataDir: folder });
  const rows = await read(after);
  await after.close();
  removeFolder(dataDir);
  const lateness = rows.flatMap((r) =>
    r.publishedAt ? [(r.publishedAt.getTime() - r.dueAt.getTime()) / 1000] : [],
  );
  const last = Math.max(...rows.map((r) => r.publishedAt?.getTime() ?? 0));
  const base = { bench: 'publish', n: N, database: 'pglite' as const, scenario: name };
  report({ ...base, metric: 'published', value: lateness.length, unit: 'posts' });
  report({ ...base, metric: 'lateness_p50', value: percentile(lateness, 0.5), unit: 's' });
  report({ ...base, metric: 'lateness_p99', value: percentile(lateness, 0.99), unit: 's' });
  report({ ...base, metric: 'all_out_after', value: (last - dueFrom) / 1000, unit: 's' });
  report({
    ...base,
    metric: 'rate',
    value: lateness.length / Math.max(1, (last - dueFrom) / 60_000),
    unit: 'posts/min',
  });
  report({ ...base, metric: 'resident_max', value: resident, unit: 'MiB' });
}

async function effects(url: string): Promise<number> {
  const answer = await fetch(`${url}/sandbox/control/effects?platform=x`)
    .then((r) => r.json())
    .catch(() => ({}));
  return Number((answer as { count?: number }).count ?? 0);
}

async function fill(db: Db, dueAt: (i: number) => Date): Promise<void> {
  // The stand-in's own limits would be what is measured.
  const generous = { 'x.createPosts': { limit: 1_000_000, windowSeconds: 900 } };
  await db.raw.execute(
    sql`insert into sandbox.settings (key, value) values ('limits', ${JSON.stringify(generous)}::jsonb) on conflict (key) do update set value = excluded.value`,
  );
  await db.asSystem(async (tx) => {
    const found = await tx.execute(
      sql`select c.id, c.workspace_id from connections c join workspaces w on w.id = c.workspace_id where c.platform = 'x' and w.is_demo and c.status = 'active' limit 1`,
    );
    const [connection] = (found as unknown as { rows: { id: string; workspace_id: string }[] }).rows;
    if (!connection) throw new Error('The demo workspace has no X connection');
    const { id: connectionId, workspace_id: ws } = connection;
    await tx.execute(sql`update workspaces set plan = 'agency' where id = ${ws}`);
    for (let i = 0; i < N; i++) {
      const [post, variant, publication] = [newId('post'), newId('variant'), newId('publication')];
      const text = `Measured post ${i} ${publication.slice(-6)}`;
      const due = dueAt(i).toISOString();
      await tx.execute(
        sql`insert into posts (id, workspace_id, title, created_by) values (${post}, ${ws}, ${text}, 'system:bench')`,
      );
      await tx.execute(
        sql`insert into variants (id, workspace_id, post_id, platform, text) values (${variant}, ${ws}, ${post}, 'x', ${text})`,
      );
      await tx.execute(sql`insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, due_at, local_time, time_zone, state, marker, request_key, created_by)
        values (${publication}, ${ws}, ${post}, ${variant}, ${connectionId}, ${text}, ${due}::timestamptz, '2026-01-01T00:00', 'UTC', 'scheduled', ${publication}, ${publication}, 'system:bench')`);
    }
  });
}

function read(db: Db): Promise<{ dueAt: Date; publishedAt: Date | null }[]> {
  return db.asSystem(async (tx) => {
    const result = await tx.execute(
      sql`select due_at, published_at from publications where created_by = 'system:bench'`,
    );
    return (result as unknown as { rows: { due_at: string; published_at: string | null }[] }).rows.map(
      (r) => ({
        dueAt: new Date(r.due_at),
        publishedAt: r.published_at ? new Date(r.published_at) : null,
      }),
    );
  });
}
