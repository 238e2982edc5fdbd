import { afterAll, beforeAll, expect, it } from 'vitest';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { completeConnection } from '@/server/domains/connections/complete-connection';
import { disconnect } from '@/server/domains/connections/disconnect';
import { startConnection } from '@/server/domains/connections/start-connection';
import { type Bench, connectionsBench } from '@/server/domains/connections/test-bench';
import { consent } from '@/server/domains/connections/testing';

let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench();
});
afterAll(() => bench.close());

async function connect(server: string): Promise<string> {
  const { ctx } = bench.world;
  const platform = 'mastodon';
  const { url } = await startConnection(ctx, {
    platform,
    environment: 'sandbox',
    server,
    returnTo: '/connections',
  });
  const answer = await consent(bench.handler, url, 'mira');
  const done = await completeConnection({ ctx, input: { platform, ...answer } });
  return done.connectionIds[0] ?? '';
}

it('refuses the code of one server in the sign-in of another', async () => {
  const { ctx } = bench.world;
  const platform = 'mastodon';
  const begin = async (server: string) =>
    (await startConnection(ctx, { platform, environment: 'sandbox', server, returnTo: '/connections' })).url;
  const [honest, hostile] = [await begin('honest.example'), await begin('hostile.example')];
  // The hostile server sends the user on to the honest one, with the state of its own sign-in.
  const mixed = new URL(honest);
  mixed.searchParams.set('state', new URL(hostile).searchParams.get('state') ?? '');
  const answer = await consent(bench.handler, mixed.href, 'mira');
  expect(answer.code).not.toBeNull();
  const done = await completeConnection({ ctx, input: { platform, ...answer } });
  expect(done).toMatchObject({ code: 'unknown_state', connectionIds: [] });
});

it('connects accounts of two servers, publishes, finds the post and removes it', async () => {
  const { ctx, clock } = bench.world;
  const connectionId = await connect('a.example');
  const other = await connect('https://b.example/@mira');
  expect(await bench.row(connectionId)).toMatchObject({
    server: 'https://a.example',
    remoteName: 'Mira Okafor (@mira@a.example)',
  });
  expect(other).not.toBe(connectionId);

  const options = { visibility: 'unlisted', warning: 'Food' };
  const input = {
    text: 'Tea & <cake> 茶 for @leo@b.example #tea',
    link: 'https://example.com/a/',
    options,
    idempotencyKey: 'k',
  };
  const publish = () => callPlatform({ ctx, connectionId, capability: 'publish', input });
  const published = await publish();
  expect(published.permalink).toContain(`/sandbox/mastodon/a.example/@mira/${published.remoteId}`);
  // A repetition with the same key is the same post, for an hour.
  expect(await publish()).toEqual(published);

  const ask = (exclude: string[] = [], text = input.text) =>
    callPlatform({
      ctx,
      connectionId,
      capability: 'lookup',
      input: { ...input, text, since: new Date(clock.now().getTime() - 60_000), exclude },
    });
  expect(await ask()).toEqual({ found: 'yes', post: published });
  expect(await ask([published.remoteId])).toEqual({ found: 'absent' });
  expect(await ask([], 'Another text')).toEqual({ found: 'absent' });

  const page = new URL(published.permalink);
  const moved = await bench.handler(new Request(page));
  expect(moved.status).toBe(302);
  const shown = await bench.handler(new Request(new URL(moved.headers.get('location') ?? '', page)));
  expect(await shown.text()).toContain('Tea &amp; &lt;cake&gt;');

  const remove = () =>
    callPlatform({ ctx, connectionId, capability: 'remove', input: { remoteId: published.remoteId } });
  expect(await remove()).toEqual({ removed: true });
  expect(await remove()).toEqual({ removed: false });
  clock.advance(3_601_000);
  expect((await publish()).remoteId).not.toBe(published.remoteId);

  await disconnect(ctx, { id: connectionId });
  expect(bench.seen.some(({ url }) => url.endsWith('/a.example/oauth/revoke'))).toBe(true);
  expect(await checkConnection(ctx, { id: other })).toBeDefined();
});
