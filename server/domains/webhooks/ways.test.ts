import { createHmac } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { connections, grants, webhookEvents } from '@/db/schema';
import { grantContext, sealTokens } from '@/server/connectors/host/tokens';
import { env, resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { webhookRoute } from '@/tests/support/webhook-route';
import { createWorld, type World } from '@/tests/support/world';
import { listConnections } from '../connections/queries';
import { connectionsToSetUp, setUpWebhooks } from '../connections/set-up-webhooks';
import { applyWebhooks, waitingReceivers } from './apply-webhooks';
import { setUpAt } from './test-platforms';

vi.mock('@/server/connectors/generated/ids', async (original) => {
  const { PLATFORM_IDS } = await original<{ PLATFORM_IDS: readonly string[] }>();
  return { PLATFORM_IDS: [...PLATFORM_IDS, 'pinged', 'keyedshop'] };
});
vi.mock('@/server/connectors/generated/faces', async (original) => ({
  faces: {
    ...(await original<{ faces: object }>()).faces,
    ...(await import('./test-platforms')).TEST_MANIFESTS,
  },
}));
vi.mock('@/server/connectors/generated/manifests', async (original) => ({
  manifests: {
    ...(await original<{ manifests: object }>()).manifests,
    ...(await import('./test-platforms')).TEST_MANIFESTS,
  },
}));
vi.mock('@/server/connectors/generated/connectors', async (original) => ({
  connectors: {
    ...(await original<{ connectors: object }>()).connectors,
    ...(await import('./test-platforms')).TEST_PLATFORMS,
  },
}));

let db: Db;
let w: World;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  process.env.TRIBUTARY_SANDBOX = '1';
  delete process.env.APP_URL;
  resetEnv();
  await db.asSystem((tx) => tx.delete(webhookEvents));
  w = await createWorld(db, { plan: 'agency' });
});

async function connected(platform: string, environment: 'live' | 'sandbox' = 'sandbox'): Promise<string> {
  const [id, grantId] = [newId('connection'), newId('grant')];
  const of = { workspaceId: w.workspaceId, platform, environment };
  const credentials = sealTokens(grantContext(grantId), { accessToken: 'key', refreshToken: null });
  await db.asSystem(async (tx) => {
    await tx.insert(grants).values({ id: grantId, ...of, credentials });
    const remote = { remoteId: id, remoteName: 'Shop' };
    await tx.insert(connections).values({ id, ...of, ...remote, grantId, status: 'active' });
  });
  return id;
}
async function addressOf(platform: string): Promise<{ id: string; url: string; secret: string }> {
  const id = await connected(platform);
  expect(await setUpWebhooks({ ctx: w.ctx, connectionId: id })).toEqual({ state: 'on' });
  const at = setUpAt.get(platform);
  if (!at) throw new Error('nothing was set up');
  return { id, url: at.url, secret: at.secret };
}
const post = async (address: string, body: string, headers: Record<string, string> = {}) =>
  (await webhookRoute(() => w.services)(address, { method: 'POST', body, headers })).status;
async function applied(): Promise<unknown[]> {
  for (const one of await waitingReceivers({ db, clock: w.clock })) await applyWebhooks(w.services, one);
  return w.events.sent.filter(({ name }) => name === 'selling/sync.requested').map(({ data }) => data);
}

it('a platform that signs nothing is known by a secret address, and what it says is only a reason to look', async () => {
  const { id, url } = await addressOf('pinged');
  const [place = '', secret = ''] = url.split('.').slice(-2);
  expect(secret).toMatch(/^[\w-]{43}$/);
  const body = 'sale_id=1&price=999999&email=mira%40example.com';
  expect(await post(place, body)).toBe(404);
  expect(await post(`${place}.${secret.slice(1)}`, body)).toBe(404);
  expect(await applied()).toEqual([]);
  for (let i = 0; i < 2; i++) expect(await post(url, body)).toBe(200);
  expect(await applied()).toEqual([{ workspaceId: w.workspaceId, connectionId: id }]);
  const [row] = await db.asSystem((tx) => tx.select().from(webhookEvents));
  expect(JSON.stringify(row)).not.toContain(secret);
  expect(row).toMatchObject({ body: null, outcome: 'done' });
});

it('a platform that signs with the secret that it was given is known by its signature', async () => {
  const { id, url, secret } = await addressOf('keyedshop');
  const sign = (body: string, key = secret) => ({
    'x-sign': createHmac('sha256', key).update(body).digest('base64'),
  });
  const other = await addressOf('keyedshop');
  expect(await post(url, 'sale_id=1')).toBe(404);
  expect(await post(url, 'sale_id=1', sign('sale_id=2'))).toBe(404);
  expect(await post(url, 'sale_id=1', sign('sale_id=1', other.secret))).toBe(404);
  expect(await post(url, 'sale_id=1', sign('sale_id=1'))).toBe(200);
  expect(await applied()).toEqual([{ workspaceId: w.workspaceId, connectionId: id }]);
});

it('nothing is set up where a real platform cannot reach this installation, and Connections says so', async () => {
  await connected('pinged', 'live');
  process.env.TRIBUTARY_SANDBOX = '0';
  resetEnv();
  const due = () => connectionsToSetUp({ db, clock: w.clock });
  const told = async () =>
    (await listConnections(w.ctx)).map(({ updates }) =>
      updates && 'fact' in updates ? updates.fact : undefined,
    );
  const ours = async () => (await due()).filter(({ workspaceId }) => workspaceId === w.workspaceId);
  expect(await ours()).toEqual([]);
  expect(await told()).toEqual(['connections.updates.unreachable']);
  for (const url of ['http://app.example.com', 'https://192.168.1.4', 'https://app.internal']) {
    process.env.APP_URL = url;
    resetEnv();
    expect(await ours()).toEqual([]);
  }
  process.env.APP_URL = 'https://app.example.com';
  resetEnv();
  expect(env().appUrl).toBe('https://app.example.com');
  expect(await ours()).toHaveLength(1);
  expect(await told()).toEqual(['connections.updates.pending']);
});

it('Connections says that updates come at once, and why they do not', async () => {
  const { id } = await addressOf('pinged');
  const told = async () =>
    (await listConnections(w.ctx)).map(({ updates }) =>
      updates && 'fact' in updates ? updates.fact : undefined,
    );
  expect(await told()).toEqual(['connections.updates.atOnce']);
  await db.asSystem((tx) => tx.update(connections).set({ platform: 'x' }).where(eq(connections.id, id)));
  expect(await told()).toEqual([undefined]);
});
