import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { jobRuns, systemRuns, users } from '@/db/schema';
import { wordsIn } from '@/i18n/words';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { refusalOf } from '@/server/foundation/refusal';
import { createCaller } from '@/server/trpc/root';
import type { Role } from '@/server/verbs/permissions';
import { freshDb } from '@/tests/support/db';
import { operatorCtx } from '@/tests/support/operator';
import { createWorld, type World } from '@/tests/support/world';
import { getRun, listRuns, listSystemRuns } from './queries';

let db: Db;
let world: World;
const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 10, minute));
const run = (n: number, minute: number, more: object = {}) => ({
  id: newId('jobRun'),
  runId: `run-${n}`,
  function: n % 2 ? 'odd' : 'even',
  status: 'completed' as const,
  startedAt: at(minute),
  ...more,
});
beforeAll(async () => {
  db = await freshDb();
  world = await createWorld(db);
  const stranger = await createWorld(db);
  const { workspaceId } = world;
  await db.asSystem(async (tx) => {
    // Three begin at the same instant, and the page boundary lies among them.
    for (const [n, minute] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 2],
      [5, 5],
    ] as const)
      await tx.insert(jobRuns).values({ ...run(n, minute), workspaceId });
    await tx.insert(jobRuns).values({
      ...run(6, 6, {
        status: 'failed',
        attempt: 2,
        error: 'broken',
        steps: [{ name: 's', attempt: 2, ms: 4, at: '' }],
      }),
      workspaceId,
    });
    await tx.insert(jobRuns).values({ ...run(7, 7), workspaceId: stranger.workspaceId });
    await tx.insert(systemRuns).values([run(8, 1), run(9, 9)]);
  });
});
afterAll(() => db.close());

const list = (input: Parameters<typeof listRuns>[1]) => listRuns(world.ctx, input);

it('lists the newest first, with pagination, each once and none of other workspaces', async () => {
  const ids: string[] = [];
  let cursor: string | undefined;
  const sizes: number[] = [];
  do {
    const page = await list({ limit: 2, ...(cursor ? { cursor } : {}) });
    ids.push(...page.items.map((r) => r.id));
    sizes.push(page.items.length);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(sizes).toEqual([2, 2, 2]);
  expect(new Set(ids).size).toBe(6);
  const all = await list({});
  expect(all.items.map((r) => r.id)).toEqual(ids);
  expect(all.nextCursor).toBeNull();
  const times = all.items.map((r) => r.startedAt.getTime());
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

it('filters by outcome and by function, and counts attempts from one', async () => {
  expect((await list({ status: 'failed' })).items).toMatchObject([
    { attempts: 3, error: 'broken', steps: 1, function: 'even' },
  ]);
  expect((await list({ function: 'odd' })).items).toHaveLength(3);
  expect((await list({ function: 'odd', status: 'failed' })).items).toEqual([]);
});

it.each(['x', '12', '.', '1.', 'abc.run', `${'9'.repeat(20)}.r`])(
  'rejects the cursor “%s”',
  async (cursor) => {
    expect(refusalOf(await list({ cursor }).catch((error: unknown) => error))).toMatchObject({
      code: 'invalid',
    });
  },
);

it('shows one run with its steps, and lists the installation’s own work', async () => {
  const [failed] = (await list({ status: 'failed' })).items;
  const detail = await getRun(world.ctx, { id: failed?.id ?? '' });
  expect(detail).toMatchObject({ runId: 'run-6', attempts: 3, steps: [{ name: 's', attempt: 2, ms: 4 }] });
  expect(detail).not.toHaveProperty('workspaceId');
  expect(await listSystemRuns(operatorCtx(world.services), { limit: 1 })).toMatchObject([
    { startedAt: at(9) },
  ]);
});

it('shows the installation’s own work only to its operators, whatever their role in a workspace', async () => {
  const { email } = await db.asSystem(async (tx) => {
    const [row] = await tx.select({ email: users.email }).from(users).where(eq(users.id, world.userId));
    return row as { email: string };
  });
  const ask = (viewer: { email: string; emailVerified: boolean; role: Role }) =>
    createCaller({
      ...world.services,
      viewer: {
        userId: world.userId,
        sessionId: newId('session'),
        name: 'A',
        ...viewer,
        workspace: { id: world.workspaceId, role: viewer.role },
      },
      words: wordsIn('en'),
    }).runs.system({ limit: 1 });
  const owner = { email, emailVerified: true, role: 'owner' } as const;
  await expect(ask(owner)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  vi.stubEnv('TRIBUTARY_OPERATORS', `other@example.test, ${email.toUpperCase()}`);
  resetEnv();
  expect(await ask({ ...owner, role: 'viewer' })).toHaveLength(1);
  // Anyone can register with someone else's address.
  await expect(ask({ ...owner, emailVerified: false })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(ask({ ...owner, email: 'someone@example.test' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  vi.unstubAllEnvs();
  resetEnv();
});
