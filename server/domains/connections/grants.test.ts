import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { alerts, connectionChoices, connections, grants } from '@/db/schema';
import { usedCredentials } from '@/server/connectors/host/call';
import type { RemoteIdentity } from '@/server/connectors/kit/connector';
import { ConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf } from '@/server/connectors/registry';
import { plain } from '@/tests/support/plain';
import type { World } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { chooseAccounts } from './choose-accounts';
import { completeConnection } from './complete-connection';
import { secretsOf } from './credentials';
import { disconnect } from './disconnect';
import { dropChoice, dropStaleChoices } from './drop-choice';
import { loadTarget } from './load-target';
import { markBroken } from './mark-broken';
import { listConnections, openChoice } from './queries';
import { findExpiring, refreshGrant } from './refresh-connections';
import { startConnection } from './start-connection';
import { storeSignIn } from './store-sign-in';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox, consent } from './testing';

/**
 * The sandbox's X, whose sign-ins here give access to several accounts with one token that rotates: a second refresh with the same token
 * would end the grant.
 */
let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench();
});
afterAll(() => bench.close());
afterEach(() => {
  bench.wrap = null;
  vi.restoreAllMocks();
});

const account = (remoteId: string, accessToken?: string): RemoteIdentity => ({
  remoteId,
  remote: { username: 'mira_draws' },
  name: `Account ${remoteId}`,
  url: null,
  ...(accessToken === undefined ? {} : { accessToken }),
});
/** What the next sign-ins give access to, and as whom, if the platform tells. */
async function signInsGive(remoteIds: string[], person: string | null = null): Promise<void> {
  const connector = await connectorOf('x');
  if (!connector) throw new Error('there is no X');
  vi.spyOn(connector.hooks, 'identify').mockResolvedValue(remoteIds.map((id) => account(id)));
  if (person !== null) Object.assign(connector.hooks, { person: async () => person });
  else Reflect.deleteProperty(connector.hooks, 'person');
}
const signIn = (w: World, pick: readonly string[] | null = null) =>
  connectSandbox(bench.handler, w.ctx, 'x', 'mira_draws', pick);
/** A workspace with these accounts connected by one sign-in. */
async function shared(...remoteIds: string[]): Promise<{ w: World; ids: string[] }> {
  const w = await bench.another();
  await signInsGive(remoteIds);
  const done = await signIn(w, remoteIds);
  return { w, ids: done.connectionIds };
}
const publish = (w: World, connectionId: string, text: string) =>
  callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input: { text, idempotencyKey: text } });
const refreshes = () =>
  bench.seen.filter((s) => s.url.endsWith('/oauth2/token') && String(s.body).includes('refresh_token='))
    .length;
const revocations = () => bench.seen.filter((s) => s.url.endsWith('/oauth2/revoke')).length;
const grantsOf = (w: World) =>
  bench.db.asSystem((tx) => tx.select().from(grants).where(eq(grants.workspaceId, w.workspaceId)));
const connectionsOf = (w: World) =>
  bench.db.asSystem((tx) => tx.select().from(connections).where(eq(connections.workspaceId, w.workspaceId)));
const openAlerts = async (w: World) =>
  (await bench.db.asSystem((tx) => tx.select().from(alerts).where(eq(alerts.workspaceId, w.workspaceId))))
    .filter((alert) => !alert.resolved)
    .map((alert) => alert.key)
    .sort();
const works = async (token: string) =>
  (await bench.handler.world.tokens.bearer('x', token, bench.world.clock.now())) !== null;
const tokenOf = async (id: string) => secretsOf(await bench.grant(id))?.accessToken ?? '';

describe('a sign-in whose accounts share its token', () => {
  it('offers a choice without a copy of the token, and each chosen account works', async () => {
    const w = await bench.another();
    await signInsGive(['1', '2', '3']);
    expect(await signIn(w)).toMatchObject({ code: 'choose', connectionIds: [] });
    const [choice] = await bench.db.asSystem((tx) =>
      tx.select().from(connectionChoices).where(eq(connectionChoices.workspaceId, w.workspaceId)),
    );
    const [grant] = await grantsOf(w);
    expect(choice).toMatchObject({ credentials: null, grantId: grant?.id });
    const { connectionIds } = await chooseAccounts(w.ctx, { id: choice?.id ?? '', remoteIds: ['1', '3'] });
    expect((await listConnections(w.ctx)).map((c) => c.remoteName).sort()).toEqual([
      'Account 1',
      'Account 3',
    ]);
    for (const id of connectionIds) {
      expect(await bench.row(id)).toMatchObject({ grantId: grant?.id, credentials: null });
      expect(await publish(w, id, `From ${id}`)).toHaveProperty('remoteId');
    }
    expect(await grantsOf(w)).toHaveLength(1);
  });

  it('is refreshed once for two accounts that post at the same time', async () => {
    const { w, ids } = await shared('11', '12');
    w.clock.advance(2 * 3_600_000);
    const from = refreshes();
    await Promise.all(ids.map((id) => publish(w, id, `Expired ${id}`)));
    expect(refreshes() - from).toBe(1);
    // One that read the credentials before the refresh uses the new ones.
    const [early, late] = await Promise.all(ids.map((id) => loadTarget(w.ctx, id)));
    expect(early?.target.credentials).toEqual(late?.target.credentials);
  });

  it('is renewed by the sweep once, for all accounts', async () => {
    const { w, ids } = await shared('13', '14');
    w.clock.advance(2 * 3_600_000 - 10 * 60_000);
    const due = (await findExpiring({ db: bench.db, clock: w.clock })).filter(
      (d) => d.workspaceId === w.workspaceId,
    );
    expect(due).toHaveLength(1);
    const from = refreshes();
    expect(await refreshGrant({ ctx: w.ctx, grantId: due[0]?.grantId ?? '' })).toBe('renewed');
    expect(refreshes() - from).toBe(1);
    for (const id of ids) expect(await publish(w, id, `Swept ${id}`)).toHaveProperty('remoteId');
    expect(refreshes() - from).toBe(1);
  });

  it('reports a failing renewal for each account, and resolves that with the next renewal', async () => {
    const { w, ids } = await shared('15', '16');
    const { id: grantId } = await bench.grant(ids[0] ?? '');
    w.clock.advance(2 * 3_600_000);
    bench.wrap = (inner) => async (wire) => {
      if (!wire.url.endsWith('/oauth2/token')) return inner(wire);
      wire.onSent();
      return { status: 503, headers: {}, body: '' };
    };
    expect(await refreshGrant({ ctx: w.ctx, grantId })).toBe('later');
    expect(await openAlerts(w)).toEqual(ids.map((id) => `connection:${id}:renewal`).sort());
    bench.wrap = null;
    expect(await refreshGrant({ ctx: w.ctx, grantId })).toBe('renewed');
    expect(await openAlerts(w)).toEqual([]);
  });

  it('needs reconnecting for all accounts once it is revoked while two post, and one reconnection helps all', async () => {
    const { w, ids } = await shared('21', '22', '23');
    await bench.handler.world.faults.add({ platform: 'x', operation: '*', kind: 'revoke_tokens', count: 2 });
    const [a = '', b = ''] = ids;
    const ends = await Promise.allSettled([publish(w, a, 'a'), publish(w, b, 'b')]);
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { kind: 'reauth' } });
    for (const id of ids) expect(await bench.row(id)).toMatchObject({ status: 'needs_reconnect' });
    expect(await openAlerts(w)).toEqual(ids.map((id) => `connection:${id}:reconnect`).sort());
    // Nobody uses the refresh token again.
    const from = refreshes();
    for (const id of ids) await expect(publish(w, id, 'late')).rejects.toMatchObject({ kind: 'reauth' });
    expect((await findExpiring({ db: bench.db, clock: w.clock })).map((d) => d.workspaceId)).not.toContain(
      w.workspaceId,
    );
    expect(refreshes()).toBe(from);

    const { url } = await startConnection(w.ctx, {
      platform: 'x',
      connectionId: b,
      returnTo: '/connections',
    });
    const back = await consent(bench.handler, url, 'mira_draws');
    const done = await completeConnection({ ctx: w.ctx, input: { platform: 'x', ...back } });
    expect(done.code).toBe('renewed');
    expect([...done.connectionIds].sort()).toEqual([...ids].sort());
    expect(await openAlerts(w)).toEqual([]);
    for (const id of ids) expect(await publish(w, id, `Again ${id}`)).toHaveProperty('remoteId');
    expect(await grantsOf(w)).toHaveLength(1);
  });

  it('stays when only one of its accounts is refused', async () => {
    const { w, ids } = await shared('24', '25');
    const [a = '', b = ''] = ids;
    const { target } = await loadTarget(w.ctx, a);
    const fault = new ConnectorFault('reauth', plain('You no longer manage this.'), { forbidden: true });
    usedCredentials.set(fault, target.credentials.sealed);
    await markBroken(w.ctx, a, fault);
    expect(await bench.row(a)).toMatchObject({ status: 'needs_reconnect' });
    expect(await publish(w, b, 'The other one')).toHaveProperty('remoteId');
  });

  it('keeps the access until the last account is disconnected, and revokes it then', async () => {
    const { w, ids } = await shared('31', '32');
    const [a = '', b = ''] = ids;
    const token = await tokenOf(a);
    const from = revocations();
    const first = await disconnect(w.ctx, { id: a });
    expect(first).toMatchObject({ access: 'shared', appsPage: null });
    expect(first.message).toSay('One sign-in covers several of your X accounts');
    expect(revocations()).toBe(from);
    expect(await bench.row(a)).toMatchObject({ status: 'disconnected', grantId: null });
    expect(await publish(w, b, 'Still here')).toHaveProperty('remoteId');
    expect(await disconnect(w.ctx, { id: b })).toMatchObject({ access: 'ended' });
    expect(revocations()).toBe(from + 1);
    expect(await works(token)).toBe(false);
    expect(await grantsOf(w)).toEqual([]);
  });

  it('is revoked once when the last two accounts are disconnected at the same time', async () => {
    const { w, ids } = await shared('33', '34');
    const from = revocations();
    const ends = await Promise.all(ids.map((id) => disconnect(w.ctx, { id })));
    expect(ends.map((end) => end.access).sort()).toEqual(['ended', 'shared']);
    expect(revocations()).toBe(from + 1);
    expect(await grantsOf(w)).toEqual([]);
  });
});

describe('another sign-in', () => {
  it('by the same person renews the same grant, also when it gives access to more', async () => {
    const { w, ids } = await shared('41', '42');
    const before = await bench.grant(ids[0] ?? '');
    await signInsGive(['41', '42', '43']);
    const done = await signIn(w);
    expect(done.code).toBe('choose');
    expect([...done.connectionIds].sort()).toEqual([...ids].sort());
    const [after, ...more] = await grantsOf(w);
    expect(more).toEqual([]);
    expect(after?.id).toBe(before.id);
    expect(after?.credentials).not.toBe(before.credentials);
    const choice = await openChoice(w.ctx);
    await chooseAccounts(w.ctx, { id: choice?.id ?? '', remoteIds: ['43'] });
    for (const { id } of await listConnections(w.ctx))
      expect(await publish(w, id, `More ${id}`)).toHaveProperty('remoteId');
    expect(await grantsOf(w)).toHaveLength(1);
  });

  it('that does not cover an account of the grant leaves that one with its own', async () => {
    const { w, ids } = await shared('44', '45');
    const [a = '', b = ''] = ids;
    const first = await bench.grant(a);
    await signInsGive(['45']);
    expect(await signIn(w)).toMatchObject({ code: 'renewed', connectionIds: [b] });
    expect((await bench.grant(a)).credentials).toBe(first.credentials);
    expect((await bench.grant(b)).id).not.toBe(first.id);
    for (const id of ids) expect(await publish(w, id, `Apart ${id}`)).toHaveProperty('remoteId');
  });

  it('joins accounts that were connected one by one, without ending the person’s access', async () => {
    const w = await bench.another();
    for (const remoteId of ['46', '47']) {
      await signInsGive([remoteId]);
      await signIn(w);
    }
    expect(await grantsOf(w)).toHaveLength(2);
    await signInsGive(['46', '47']);
    const from = revocations();
    expect((await signIn(w)).code).toBe('renewed');
    expect(revocations()).toBe(from);
    expect(await grantsOf(w)).toHaveLength(1);
    for (const { id } of await listConnections(w.ctx))
      expect(await publish(w, id, `Joined ${id}`)).toHaveProperty('remoteId');
  });

  it('is told apart by the person where the platform names them, and an access that is replaced is ended', async () => {
    const w = await bench.another();
    await signInsGive(['51', '52'], 'ada');
    await signIn(w, ['51', '52']);
    await signInsGive(['53'], 'bob');
    await signIn(w);
    expect((await grantsOf(w)).map((g) => g.grantedBy).sort()).toEqual(['ada', 'bob']);
    // Ada may no longer use 51, and keeps the grant.
    await signInsGive(['52'], 'ada');
    await signIn(w);
    expect((await grantsOf(w)).map((g) => g.grantedBy).sort()).toEqual(['ada', 'bob']);
    // All accounts are Bob's from now on.
    const from = revocations();
    await signInsGive(['51', '52', '53'], 'bob');
    await signIn(w);
    expect((await grantsOf(w)).map((g) => g.grantedBy)).toEqual(['bob']);
    expect(revocations()).toBe(from + 1);
    await signInsGive([]);
  });

  it('never touches another workspace’s grant', async () => {
    const { w, ids } = await shared('54', '55');
    const before = await grantsOf(w);
    const other = await bench.another();
    await signInsGive(['54', '55']);
    await signIn(other, ['54', '55']);
    expect(await grantsOf(w)).toEqual(before);
    for (const { id } of await listConnections(other.ctx)) await disconnect(other.ctx, { id });
    for (const id of ids) expect(await publish(w, id, `Mine ${id}`)).toHaveProperty('remoteId');
  });
});

describe('a choice among accounts that share a token', () => {
  it('that is dropped or expires ends the access, unless an account uses it', async () => {
    const w = await bench.another();
    await signInsGive(['61', '62']);
    await signIn(w);
    const from = revocations();
    await dropChoice(w.ctx, { id: (await openChoice(w.ctx))?.id ?? '' });
    expect(revocations()).toBe(from + 1);
    expect(await grantsOf(w)).toEqual([]);

    await signIn(w);
    w.clock.advance(30 * 60_000);
    await dropStaleChoices(bench.world.ctx);
    expect(revocations()).toBe(from + 2);
    expect(await grantsOf(w)).toEqual([]);

    await signIn(w, ['61']);
    await signIn(w);
    await dropChoice(w.ctx, { id: (await openChoice(w.ctx))?.id ?? '' });
    expect(revocations()).toBe(from + 2);
    const [left] = await listConnections(w.ctx);
    expect(await publish(w, left?.id ?? '', 'Left')).toHaveProperty('remoteId');
  });

  it('is over once the platform has ended the access', async () => {
    const w = await bench.another();
    await signInsGive(['63', '64']);
    await signIn(w, ['63']);
    await signIn(w);
    const choice = await openChoice(w.ctx);
    const [live] = await listConnections(w.ctx);
    await bench.handler.world.faults.add({ platform: 'x', operation: '*', kind: 'revoke_tokens', count: 1 });
    await expect(publish(w, live?.id ?? '', 'revoked')).rejects.toMatchObject({ kind: 'reauth' });
    await expect(chooseAccounts(w.ctx, { id: choice?.id ?? '', remoteIds: ['64'] })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('that another person’s sign-in replaces ends the earlier access', async () => {
    const w = await bench.another();
    await signInsGive(['65', '66']);
    await signIn(w);
    const from = revocations();
    await signInsGive(['67', '68']);
    await signIn(w);
    expect(revocations()).toBe(from + 1);
    expect(await grantsOf(w)).toHaveLength(1);
    expect((await openChoice(w.ctx))?.accounts.map((a) => a.remoteId)).toEqual(['67', '68']);
  });
});

it('accounts with the same id on two servers are two connections with a grant each', async () => {
  const w = await bench.another();
  const userId = w.userId;
  const tokens = {
    accessToken: 'a',
    refreshToken: null,
    accessExpiresAt: null,
    refreshExpiresAt: null,
    scopes: [],
  };
  const store = (server: string, connectionId: string | null = null) =>
    bench.db.asWorkspace(w.ctx.workspaceId, (tx) =>
      storeSignIn(
        tx,
        w.ctx,
        { platform: 'x', environment: 'sandbox', server, userId, connectionId, requested: [] },
        [account('1')],
        { tokens, grantedBy: '1' },
      ),
    );
  const one = await store('https://one.example');
  const two = await store('https://two.example');
  expect([one.code, two.code]).toEqual(['connected', 'connected']);
  expect((await connectionsOf(w)).map((c) => [c.server, c.remoteId]).sort()).toEqual([
    ['https://one.example', '1'],
    ['https://two.example', '1'],
  ]);
  expect(await grantsOf(w)).toHaveLength(2);
  expect(await store('https://two.example')).toMatchObject({
    code: 'renewed',
    connectionIds: two.connectionIds,
  });
  expect(await grantsOf(w)).toHaveLength(2);
  // A reconnection of one with a sign-in to the other server changes nothing.
  expect(await store('https://two.example', one.connectionIds[0])).toMatchObject({ code: 'other_account' });
});
