import { sql } from 'drizzle-orm';
import { openDb } from '@/db/client';
import { removeFolder, startApp } from './app';
import { percentile, report } from './figure';
import { filledFolder, NO_LIMITS } from './filled-app';
import { countEffects } from './publish';

// All accounts belong to the sandbox's one user, and a look-up on X returns at most a user's last hundred posts.
const N = 120;
const CONNECTIONS = 40;
/** Response time of the platform, which determines what is being sent when the process is killed. */
const ANSWER_MS = 1_500;
const SPAN_MS = 60_000;

interface Row {
  due: number;
  published: number | null;
  /** Whether it was being sent when the process was killed. */
  interrupted: boolean;
}

/**
 * Two posts per second are due. The whole app is killed (SIGKILL) meanwhile and restarted immediately on the same folder. Measures, from
 * the start of the second process, when the next post is published, when the last of those that became due in between is published, and
 * when the last of those that were being sent is settled. Also checks that no post was published twice or lost.
 */
export async function afterKill(): Promise<void> {
  const { dataDir, folder, dueFrom } = await filledFolder({
    posts: N,
    connections: CONNECTIONS,
    leadMs: 20_000,
    offset: (i) => Math.floor((i * SPAN_MS) / N),
  });

  const first = await startApp({ dataDir, env: NO_LIMITS });
  const turn = () => new Promise((resolve) => setTimeout(resolve, 100));
  await fetch(`${first.url}/sandbox/control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: first.url },
    body: JSON.stringify({ platform: 'x', operation: 'x.createPosts', kind: 'latency', ms: ANSWER_MS }),
  }).then((answer) => {
    if (!answer.ok) throw new Error(`The sandbox responded ${answer.status}`);
  });
  while ((await countEffects(first.url)) < N / 4) await turn();
  const exited = new Promise((resolve) => first.child.once('exit', resolve));
  first.child.kill('SIGKILL');
  await exited;
  const killed = Date.now();
  const second = await startApp({ dataDir, env: NO_LIMITS });
  const ready = killed + second.startedIn;
  const until = dueFrom + SPAN_MS + 120_000;
  while (Date.now() < until && (await countEffects(second.url)) < N) await turn();
  // The last rows are written right after the last effect. An interrupted attempt is sent again after its grace period.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const effects = await countEffects(second.url);
  await second.stop();

  const after = await openDb({ dataDir: folder });
  const rows = await after.asSystem(async (tx) => {
    const result = await tx.execute(sql`
      select (extract(epoch from p.due_at) * 1000)::float8 as due, (extract(epoch from p.published_at) * 1000)::float8 as published,
        exists (select from publication_attempts a where a.publication_id = p.id and a.kind = 'publish'
          and a.started_at <= ${new Date(killed).toISOString()}
          and (a.finished_at is null or a.finished_at > ${new Date(killed).toISOString()})) as interrupted
      from publications p where p.created_by = 'system:bench'`);
    return (result as unknown as { rows: Row[] }).rows;
  });
  await after.close();
  removeFolder(dataDir);
  const out = rows.flatMap((r) => (r.published === null ? [] : [{ ...r, published: r.published }]));
  const late = out.filter((r) => r.published > killed && !r.interrupted && r.due <= ready);
  const interrupted = rows.filter((r) => r.interrupted);
  const base = { bench: 'after-kill', n: N, database: 'pglite' as const };
  const say = (metric: string, value: number, unit: string) => report({ ...base, metric, value, unit });
  const since = (times: number[], from: number) => times.map((at) => (at - from) / 1000);
  say('restarted_in', second.startedIn / 1000, 's');
  say(
    'next_post_out_after_ready',
    Math.min(
      ...since(
        late.map((r) => r.published),
        ready,
      ),
    ),
    's',
  );
  say('overdue', late.length, 'posts');
  say(
    'overdue_out_after_ready',
    Math.max(
      ...since(
        late.map((r) => r.published),
        ready,
      ),
    ),
    's',
  );
  say('interrupted', interrupted.length, 'posts');
  say(
    'interrupted_settled_after_ready',
    Math.max(
      0,
      ...since(
        interrupted.flatMap((r) => r.published ?? []),
        ready,
      ),
    ),
    's',
  );
  say(
    'lateness_p99_after_restart',
    percentile(
      since(
        out.filter((r) => r.due > ready).map((r) => r.published - r.due),
        0,
      ),
      0.99,
    ),
    's',
  );
  say('duplicates', effects - out.length, 'posts');
  say('not_out', N - out.length, 'posts');
}
