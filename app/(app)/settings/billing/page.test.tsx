import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { wordsIn } from '@/i18n/words';
import { settleSubscription } from '@/server/domains/ledger/settle-subscription';
import { newId } from '@/server/foundation/ids';
import { money } from '@/server/foundation/money';
import type { Viewer } from '@/server/trpc/init';
import { createCaller } from '@/server/trpc/root';
import { freshDb } from '@/tests/support/db';
import { InWords } from '@/tests/support/in-words';
import { createWorld, type World } from '@/tests/support/world';
import BillingPage from './page';

const asked = vi.hoisted((): { caller: unknown } => ({ caller: null }));
vi.mock('next-intl/server', () => import('@/tests/support/server-words'));
vi.mock('@/components/trpc/server', () => ({ api: async () => asked.caller }));
vi.mock('@/components/words/client-words', () => ({
  ClientWords: ({ children }: { children: unknown }) => children,
}));
vi.mock('@/components/billing/plan-cards', () => ({
  PlanCards: () => null,
  SubscriptionActions: () => null,
}));

let db: Db;
let world: World;
beforeAll(async () => {
  db = await freshDb();
  world = await createWorld(db, { plan: 'pro' });
});
afterAll(() => db.close());

async function open(): Promise<string> {
  const viewer: Viewer = {
    userId: world.userId,
    sessionId: newId('session'),
    name: 'Ada',
    email: 'ada@example.test',
    emailVerified: true,
    workspace: { id: world.workspaceId, role: 'owner' },
  };
  asked.caller = createCaller({ ...world.services, viewer, words: wordsIn('en') });
  return renderToStaticMarkup(<InWords>{await BillingPage({ searchParams: Promise.resolve({}) })}</InWords>);
}

it('lists what was paid and what was given back, and says that a refund alone ends nothing', async () => {
  expect(await open()).not.toContain('Payments and refunds');
  await db.asWorkspace(world.workspaceId, (tx) =>
    settleSubscription(tx, world.ctx, {
      provider: 'stripe',
      plan: 'pro',
      amounts: (['payment', 'refund'] as const).map((what, i) => ({
        what,
        object: what === 'payment' ? 'in_1' : 're_1',
        invoiceId: 'in_1',
        total: money(what === 'payment' ? 2900 : 1000, 'USD'),
        at: new Date(world.clock.now().getTime() + i * 1000),
      })),
    }),
  );
  const page = await open();
  for (const text of [
    'Tributary Pro plan',
    '−$29.00',
    'Refund: Tributary Pro plan',
    '+$10.00',
    'does not end',
  ])
    expect(page).toContain(text);
  expect(page.indexOf('$10.00')).toBeLessThan(page.indexOf('$29.00'));
});
