import { afterAll, beforeAll, expect, it } from 'vitest';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { disconnect } from '@/server/domains/connections/disconnect';
import { listConnections } from '@/server/domains/connections/queries';
import { type Bench, connectionsBench } from '@/server/domains/connections/test-bench';
import { connectSandbox } from '@/server/domains/connections/testing';

const PERSON = 'urn:li:person:kJ3mQ0x1aZ';
const PAGES = ['urn:li:organization:79821345', 'urn:li:organization:80442217'];
const DAY_MS = 86_400_000;

let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench({ waits: true });
});
afterAll(() => bench.close());

it('a person with no page connects, publishes, renews the token, removes the post and disconnects', async () => {
  const { handler, world } = bench;
  const done = await connectSandbox(handler, world.ctx, 'linkedin', 'leo-sandoval');
  expect(done.code).toBe('connected');
  const connectionId = done.connectionIds[0] ?? '';
  const input = { text: 'Hello (all)', options: { visibility: 'CONNECTIONS' }, idempotencyKey: 'k' };
  const published = await callPlatform({ ctx: world.ctx, connectionId, capability: 'publish', input });
  expect(published.permalink).toContain(`/sandbox/linkedin/feed/update/${published.remoteId}`);
  const since = new Date(world.clock.now().getTime() - 60_000);
  const lookup = { ...input, since, exclude: [] };
  expect(
    await callPlatform({ ctx: world.ctx, connectionId, capability: 'lookup', input: lookup }),
  ).toMatchObject({
    found: 'unclear',
  });
  const [before] = bench.seen.filter(({ url }) => url.endsWith('/oauth/v2/accessToken'));
  // The client is in the form, and nothing proves it in a header.
  expect(before?.headers.authorization).toBeUndefined();
  expect(String(before?.body)).toContain('client_secret=');
  world.clock.advance(61 * DAY_MS);
  await checkConnection(world.ctx, { id: connectionId });
  const refreshed = bench.seen.filter(({ body }) => String(body).includes('grant_type=refresh_token'));
  expect(refreshed).toHaveLength(1);
  const { remoteId } = published;
  const remove = { ctx: world.ctx, connectionId, capability: 'remove', input: { remoteId } } as const;
  expect(await callPlatform(remove)).toEqual({ removed: true });
  await disconnect(world.ctx, { id: connectionId });
  expect(bench.seen.at(-1)?.url).toContain('/oauth/v2/revoke');
});

it('a sign-in offers the person and every page, which share its token', async () => {
  const { handler } = bench;
  const world = await bench.another();
  const done = await connectSandbox(handler, world.ctx, 'linkedin', 'mira-okafor', [PERSON, ...PAGES]);
  expect(done.connectionIds).toHaveLength(3);
  const listed = await listConnections(world.ctx);
  expect(listed.map(({ remoteName }) => remoteName).sort()).toEqual([
    'Ink & Oak Studio',
    'Mira Okafor',
    'Northlight Prints',
  ]);
  for (const { id } of listed) {
    const input = { text: `From ${id}`, idempotencyKey: id };
    await callPlatform({ ctx: world.ctx, connectionId: id, capability: 'publish', input });
  }
});
