import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { systemRuns, webhookEvents } from '@/db/schema';
import { wordsIn } from '@/i18n/words';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import type { Viewer } from '@/server/trpc/init';
import { createCaller } from '@/server/trpc/root';
import { freshDb } from '@/tests/support/db';
import { InWords } from '@/tests/support/in-words';
import { createWorld, type World } from '@/tests/support/world';
import RunsPage from './page';

const asked = vi.hoisted((): { caller: unknown; viewer: unknown } => ({ caller: null, viewer: null }));
vi.mock('next-intl/server', () => import('@/tests/support/server-words'));
vi.mock('@/components/trpc/server', () => ({ api: async () => asked.caller }));
vi.mock('@/server/trpc/context', () => ({ requireViewer: async () => asked.viewer }));

let db: Db;
let world: World;
beforeAll(async () => {
  db = await freshDb();
  world = await createWorld(db);
  await db.asSystem((tx) =>
    tx.insert(webhookEvents).values({
      id: 'stripe:evt_tomorrow',
      provider: 'stripe',
      type: 'invoice.paid',
      receivedAt: world.clock.now(),
      outcome: 'unreadable',
      body: '{"customer_email":"victim@example.test"}',
    }),
  );
  await db.asSystem((tx) =>
    tx.insert(systemRuns).values({
      id: newId('jobRun'),
      runId: 'run-1',
      function: 'system-delete-expired',
      status: 'completed',
      startedAt: world.clock.now(),
    }),
  );
});
afterEach(() => {
  vi.unstubAllEnvs();
  resetEnv();
});
afterAll(() => db.close());

async function open(role: 'owner' | 'viewer'): Promise<string> {
  const viewer: Viewer = {
    userId: world.userId,
    sessionId: newId('session'),
    name: 'Ada',
    email: 'ada@example.test',
    emailVerified: true,
    workspace: { id: world.workspaceId, role },
  };
  Object.assign(asked, {
    viewer,
    caller: createCaller({ ...world.services, viewer, words: wordsIn('en') }),
  });
  return renderToStaticMarkup(<InWords>{await RunsPage({ searchParams: Promise.resolve({}) })}</InWords>);
}

it.each(['owner', 'viewer'] as const)(
  'opens without the installation’s own runs for a non-operator (%s)',
  async (role) => {
    const page = await open(role);
    expect(page).toContain('Nothing has run yet');
    expect(page).not.toContain('System job');
    expect(page).not.toContain('evt_tomorrow');
  },
);

it('shows the installation’s own runs to its operators, whatever their role', async () => {
  vi.stubEnv('TRIBUTARY_OPERATORS', 'ada@example.test');
  resetEnv();
  for (const role of ['owner', 'viewer'] as const) {
    const page = await open(role);
    expect(page).toContain('Delete expired records');
    expect(page).toContain('evt_tomorrow');
    expect(page).toContain('Unknown format: id, type, data');
    expect(page).not.toContain('victim');
  }
});
