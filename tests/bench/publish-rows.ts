import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connectionContext, sealTokens } from '@/server/connectors/host/tokens';
import { systemClock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { ensureSandboxTables } from '@/server/sandbox/create-tables';
import { sandboxHandler } from '@/server/sandbox/handler';
import { obtainTokens } from '@/server/sandbox/testing';

export interface Wanted {
  posts: number;
  connections: number;
  dueAt: (i: number) => Date;
}

const rowsOf = <T>(result: unknown) => (result as { rows: T[] }).rows;

/**
 * Gives the demo workspace the wanted number of X accounts (all belong to the sandbox's one user) and posts, distributed round-robin over
 * the accounts. The secrets of the data folder must be those of this process.
 */
export async function fill(db: Db, wanted: Wanted): Promise<void> {
  // Otherwise the sandbox's own limits would be measured.
  await ensureSandboxTables(db.raw);
  const generous = { 'x.createPosts': { limit: 100_000_000, windowSeconds: 900 } };
  await db.raw.execute(
    sql`insert into tributary_sandbox.settings (key, value) values ('limits', ${JSON.stringify(generous)}::jsonb) on conflict (key) do update set value = excluded.value`,
  );
  const [first] = await db.asSystem(async (tx) =>
    rowsOf<{ id: string; ws: string }>(
      await tx.execute(
        sql`select c.id, c.workspace_id as ws from connections c join workspaces w on w.id = c.workspace_id
          where c.platform = 'x' and w.is_demo and c.status = 'active' limit 1`,
      ),
    ),
  );
  if (!first) throw new Error('The demo workspace has no X connection');
  const appUrl = 'http://localhost';
  const sandbox = sandboxHandler({
    db,
    clock: systemClock,
    publicUrl: `${appUrl}/sandbox`,
    appUrl,
    internalAppUrl: appUrl,
  });
  const { accessToken } = await obtainTokens(sandbox, 'x', {
    account: 'mira_draws',
    redirectUri: `${appUrl}/api/oauth/x/callback`,
    scopes: ['tweet.read', 'tweet.write', 'users.read', 'offline.access'],
  });
  const lanes = Array.from({ length: wanted.connections }, () => newId('connection'));
  const copies = lanes.map((id) => ({
    id,
    credentials: sealTokens(connectionContext(id), { accessToken, refreshToken: null }),
  }));
  const rows = Array.from({ length: wanted.posts }, (_, i) => {
    const publication = newId('publication');
    return {
      post: newId('post'),
      variant: newId('variant'),
      publication,
      lane: lanes[i % lanes.length] ?? '',
      text: `Measured post ${i} ${publication.slice(-6)}`,
      due: wanted.dueAt(i).toISOString(),
    };
  });
  await db.asSystem(async (tx) => {
    await tx.execute(sql`update workspaces set plan = 'agency' where id = ${first.ws}`);
    await tx.execute(sql`
      insert into connections (id, workspace_id, platform, environment, status, remote_id, remote_name, remote, credentials,
        last_used_at)
      select x.id, c.workspace_id, c.platform, c.environment, c.status, x.id, c.remote_name, c.remote, x.credentials,
        now()
      from connections c, jsonb_to_recordset(${JSON.stringify(copies)}::text::jsonb) as x(id text, credentials text) where c.id = ${first.id}`);
  });
  for (let at = 0; at < rows.length; at += 1_000) {
    const some = sql`jsonb_to_recordset(${JSON.stringify(rows.slice(at, at + 1_000))}::text::jsonb)
      as r(post text, variant text, publication text, lane text, text text, due timestamptz)`;
    await db.asSystem(async (tx) => {
      await tx.execute(
        sql`insert into posts (id, workspace_id, title, created_by) select r.post, ${first.ws}, r.text, 'system:bench' from ${some}`,
      );
      await tx.execute(
        sql`insert into variants (id, workspace_id, post_id, platform, text) select r.variant, ${first.ws}, r.post, 'x', r.text from ${some}`,
      );
      await tx.execute(sql`
        insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, due_at, local_time, time_zone, state, marker, request_key, created_by)
        select r.publication, ${first.ws}, r.post, r.variant, r.lane, r.text, r.due, '2026-01-01T00:00', 'UTC', 'scheduled', r.publication, r.publication, 'system:bench'
        from ${some}`);
    });
  }
}

export interface Measured {
  connection: string;
  due: number;
  published: number | null;
}

/** Reads every measured publication with its due and published times, in milliseconds since 1970. */
export function readAll(db: Db): Promise<Measured[]> {
  return db.asSystem(async (tx) =>
    rowsOf<Measured>(
      await tx.execute(
        sql`select connection_id as connection, (extract(epoch from due_at) * 1000)::float8 as due,
          (extract(epoch from published_at) * 1000)::float8 as published
          from publications where created_by = 'system:bench' order by connection_id, due_at, id`,
      ),
    ),
  );
}

/** Number of published posts. */
export async function countOut(db: Db): Promise<number> {
  const [row] = await db.asSystem(async (tx) =>
    rowsOf<{ n: number }>(
      await tx.execute(
        sql`select count(*)::int as n from publications where created_by = 'system:bench' and state = 'published'`,
      ),
    ),
  );
  return row?.n ?? 0;
}

/** Number of publications that were published before an earlier one on the same connection. */
export function overtakings(rows: readonly Measured[]): number {
  let count = 0;
  for (let i = 1; i < rows.length; i++) {
    const [a, b] = [rows[i - 1], rows[i]];
    if (a && b && a.connection === b.connection && a.published && b.published && a.published > b.published)
      count++;
  }
  return count;
}
