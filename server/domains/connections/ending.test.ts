import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Transport } from '@/server/connectors/host/transport';
import type { World } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { ownSecretsOf, secretsOf } from './credentials';
import { disconnect } from './disconnect';
import { listConnections } from './queries';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox } from './testing';

let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench();
});
afterAll(() => bench.close());

const publish = (w: World, connectionId: string, text: string) =>
  callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input: { text, idempotencyKey: text } });
const end = (w: World, id: string) => disconnect(w.ctx, { id });
const connect = async (w: World, platform: 'x' | 'facebook' | 'etsy', account: string, pick?: string[]) =>
  (await connectSandbox(bench.handler, w.ctx, platform, account, pick)).connectionIds;
/** Reads the token that a connection uses, and checks whether the sandbox still accepts it. */
const tokenOf = async (id: string) => {
  const row = await bench.row(id);
  return (ownSecretsOf(row) ?? secretsOf(await bench.grant(id)))?.accessToken ?? '';
};
const works = async (platform: string, token: string) =>
  (await bench.handler.world.tokens.bearer(platform, token, bench.world.clock.now())) !== null;

describe('disconnecting', () => {
  it('revokes the access at X, with this connection’s token only', async () => {
    const [w, other] = [await bench.another(), await bench.another()];
    const [id = ''] = await connect(w, 'x', 'mira_draws');
    const [theirs = ''] = await connect(other, 'x', 'mira_draws');
    const token = await tokenOf(id);
    expect(await works('x', token)).toBe(true);
    expect(await end(w, id)).toMatchObject({ access: 'ended', appsPage: null });
    expect(await works('x', token)).toBe(false);
    expect(await bench.row(id)).toMatchObject({ status: 'disconnected', credentials: null });
    // The same account was authorized separately in another workspace; a second click changes nothing.
    expect(await publish(other, theirs, 'still here')).toHaveProperty('remoteId');
    const from = bench.seen.length;
    expect(await end(w, id)).toMatchObject({ access: 'ended' });
    expect(bench.seen.length).toBe(from);
  });

  it.each([
    ['an error', '500_before'],
    ['a lost response', 'reset_after'],
    ['a rate limit', '429'],
  ] as const)('disconnects locally even if revoking at X ends with %s', async (_name, kind) => {
    const w = await bench.another();
    const [id = ''] = await connect(w, 'x', 'devnotes_leo');
    await bench.handler.world.faults.add({ platform: 'x', operation: 'revoke', kind, count: 1 });
    const answer = await end(w, id);
    expect(answer.access).toBe('failed');
    expect(answer.message).toSay(/did not confirm.*X settings/);
    expect(answer.appsPage).toMatch(/\/sandbox\/x\/settings\/connected_apps$/);
    expect(await listConnections(w.ctx)).toEqual([]);
  });

  it('disconnects locally when the platform cannot be reached', async () => {
    const w = await bench.another();
    const [id = ''] = await connect(w, 'x', 'devnotes_leo');
    const unreachable: Transport = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    };
    bench.wrap = () => unreachable;
    try {
      expect((await end(w, id)).access).toBe('failed');
    } finally {
      bench.wrap = null;
    }
    expect((await bench.row(id)).status).toBe('disconnected');
  });

  it('keeps a Facebook user’s other Page working, and revokes the access with the last one', async () => {
    const [w, other] = [await bench.another(), await bench.another()];
    const [draws = '', studio = ''] = await connect(w, 'facebook', 'mira.okafor', [
      '104857291638475',
      '109238475610293',
    ]);
    const [theirs = ''] = await connect(other, 'facebook', 'mira.okafor', ['104857291638475']);
    const token = await tokenOf(theirs);
    expect(await end(w, draws)).toMatchObject({ access: 'shared', appsPage: null });
    expect(await publish(w, studio, 'the other Page')).toHaveProperty('remoteId');
    // The last one in this workspace; the same user connected a Page in another one.
    expect((await end(w, studio)).access).toBe('shared');
    expect(await publish(other, theirs, 'another workspace')).toHaveProperty('remoteId');
    const from = bench.seen.length;
    expect(await end(other, theirs)).toMatchObject({ access: 'ended' });
    expect(bench.seen.slice(from).map((s) => `${s.method} ${new URL(s.url).pathname}`)).toEqual([
      'DELETE /sandbox/facebook/v23.0/10223847561920345/permissions',
    ]);
    expect(await works('facebook', token)).toBe(false);
  });

  it('says where an Etsy user can revoke the access, and that page does so', async () => {
    const w = await bench.another();
    const [id = ''] = await connect(w, 'etsy', 'miraokafor');
    const token = await tokenOf(id);
    const [shown] = await listConnections(w.ctx);
    expect(shown?.byHand).toMatchObject({ where: 'Etsy account settings, under Apps' });
    const from = bench.seen.length;
    const answer = await end(w, id);
    expect(answer).toMatchObject({ access: 'by_hand', appsPage: shown?.byHand?.url });
    expect(answer.message).toSay('remove Tributary in your Etsy account settings');
    expect(bench.seen.length).toBe(from);
    expect(await works('etsy', token)).toBe(true);
    const page = await bench.handler(new Request(answer.appsPage ?? ''));
    expect(await page.text()).toContain('Remove access for Mira Okafor');
    await bench.handler(
      new Request(answer.appsPage ?? '', {
        method: 'POST',
        body: new URLSearchParams({ account: '482915377' }),
      }),
    );
    expect(await works('etsy', token)).toBe(false);
  });

  it('notices an access that the user revoked at the platform', async () => {
    const w = await bench.another();
    const [id = ''] = await connect(w, 'facebook', 'leo.sandoval');
    const { publicUrl } = bench.handler.world;
    await bench.handler(
      new Request(`${publicUrl}/facebook/settings/business_tools`, {
        method: 'POST',
        body: new URLSearchParams({ account: '10229918273645510' }),
      }),
    );
    await expect(publish(w, id, 'too late')).rejects.toMatchObject({ kind: 'reauth' });
    expect(await bench.row(id)).toMatchObject({ status: 'needs_reconnect' });
    // There is nothing left to revoke; Facebook accepts the request anyway.
    expect((await end(w, id)).access).toBe('ended');
  });
});
