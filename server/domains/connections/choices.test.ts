import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionChoices, connections } from '@/db/schema';
import { accounts, grants } from '@/server/sandbox/schema';
import { actingAs, type World, withRole } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { chooseAccounts } from './choose-accounts';
import { completeConnection } from './complete-connection';
import { disconnect } from './disconnect';
import { dropChoice, dropStaleChoices } from './drop-choice';
import { listConnections, openChoice } from './queries';
import { startConnection } from './start-connection';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox, consent } from './testing';

const DRAWS = '104857291638475';
const STUDIO = '109238475610293';

let bench: Bench;
beforeAll(async () => {
  bench = await connectionsBench();
});
afterAll(() => bench.close());

/** Signs in as Mira, who manages two Pages, and leaves the choice open. */
const signIn = (w: World, account = 'mira.okafor') =>
  connectSandbox(bench.handler, w.ctx, 'facebook', account, null);
const choiceOf = async (w: World) => {
  const choice = await openChoice(w.ctx);
  if (!choice) throw new Error('there is no choice');
  return choice;
};
const publish = (w: World, connectionId: string, text: string) =>
  callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input: { text, idempotencyKey: text } });
const liveGrants = async () =>
  (await bench.db.raw.select().from(grants)).filter((g) => g.platform === 'facebook' && !g.revokedAt).length;

describe('a sign-in with several Pages', () => {
  it('connects a single Page immediately, and offers a choice of several', async () => {
    const w = await bench.another();
    expect(await signIn(w, 'leo.sandoval')).toMatchObject({ code: 'connected' });
    expect(await openChoice(w.ctx)).toBeNull();
    expect(await signIn(w)).toMatchObject({ code: 'choose', connectionIds: [], returnTo: '/connections' });
    expect(await listConnections(w.ctx)).toHaveLength(1);
    const choice = await choiceOf(w);
    expect(choice).toMatchObject({
      platform: 'facebook',
      environment: 'sandbox',
      room: 9,
      accounts: [
        { remoteId: DRAWS, name: 'Mira Draws', connected: false },
        { remoteId: STUDIO, name: 'Ink & Oak Studio', connected: false },
      ],
    });
    // A reload shows the same choice.
    expect(await openChoice(w.ctx)).toEqual(choice);
  });

  it('turns each chosen Page into a separate connection, once', async () => {
    const w = await bench.another();
    await signIn(w);
    const { id } = await choiceOf(w);
    const choose = () => chooseAccounts(w.ctx, { id, remoteIds: [DRAWS, STUDIO, DRAWS] });
    const ends = await Promise.allSettled([choose(), choose()]);
    expect(ends.map((e) => e.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(choose()).rejects.toMatchObject({ code: 'not_found' });
    const connected = await listConnections(w.ctx);
    expect(connected.map((c) => c.remoteName).sort()).toEqual(['Ink & Oak Studio', 'Mira Draws']);
    for (const { id: connectionId } of connected)
      expect(await publish(w, connectionId, `Hello from ${connectionId}`)).toHaveProperty('remoteId');
    expect(await openChoice(w.ctx)).toBeNull();
  });

  it('keeps the tokens encrypted while the choice is open', async () => {
    const w = await bench.another();
    const from = bench.seen.length;
    await signIn(w);
    const rows = JSON.stringify(
      await bench.db.asSystem((tx) =>
        tx.select().from(connectionChoices).where(eq(connectionChoices.workspaceId, w.workspaceId)),
      ),
    );
    expect(rows).toContain('"credentials":"v1.');
    expect(rows).not.toContain('EAA');
    expect(bench.seen.length).toBeGreaterThan(from);
    expect(JSON.stringify(await choiceOf(w))).not.toContain('v1.');
  });

  it('shows which Pages are already connected and renews them', async () => {
    const w = await bench.another();
    await connectSandbox(bench.handler, w.ctx, 'facebook', 'mira.okafor', [DRAWS]);
    const [before] = await listConnections(w.ctx);
    const sealed = (await bench.row(before?.id ?? '')).credentials;
    expect(await signIn(w)).toMatchObject({ code: 'choose', connectionIds: [before?.id] });
    expect((await bench.row(before?.id ?? '')).credentials).not.toBe(sealed);
    expect((await choiceOf(w)).accounts.map((a) => [a.remoteId, a.connected])).toEqual([
      [DRAWS, true],
      [STUDIO, false],
    ]);
    const { id } = await choiceOf(w);
    await chooseAccounts(w.ctx, { id, remoteIds: [STUDIO] });
    // Nothing is left to choose: both are renewed.
    expect((await signIn(w)).code).toBe('renewed');
    expect(await listConnections(w.ctx)).toHaveLength(2);
  });
});

it('offers every Page, however many pages their list has', async () => {
  const w = await bench.another();
  const [mira] = await bench.db.raw.select().from(accounts).where(eq(accounts.handle, 'mira.okafor'));
  const many = Array.from({ length: 1100 }, (_, i) => String(500_000_000_000_000 + i));
  const [like] = await bench.db.raw.select().from(accounts).where(eq(accounts.id, DRAWS));
  if (!mira || !like) throw new Error('the accounts of the sandbox are missing');
  for (let at = 0; at < many.length; at += 100)
    await bench.db.raw
      .insert(accounts)
      .values(
        many.slice(at, at + 100).map((id) => ({ ...like, id, handle: `many-${id}`, name: `Many ${id}` })),
      );
  try {
    await signIn(w);
    const offered = new Set((await choiceOf(w)).accounts.map((account) => account.remoteId));
    expect(offered.size).toBe(1102);
    expect(many.every((id) => offered.has(id))).toBe(true);
  } finally {
    await bench.db.raw.delete(accounts).where(sql`${accounts.handle} like 'many-%'`);
  }
});

describe('an open choice', () => {
  it('respects the plan’s limit, all or nothing, even for concurrent requests', async () => {
    const w = await bench.another('free');
    await connectSandbox(bench.handler, w.ctx, 'x', 'tinyplates');
    await signIn(w);
    const { id, room } = await choiceOf(w);
    expect(room).toBe(1);
    const choose = (remoteIds: string[]) => chooseAccounts(w.ctx, { id, remoteIds });
    await expect(choose([DRAWS, STUDIO])).rejects.toMatchObject({ code: 'limit_reached' });
    expect(await listConnections(w.ctx)).toHaveLength(1);
    const ends = await Promise.allSettled([choose([DRAWS]), choose([STUDIO])]);
    expect(ends.filter((e) => e.status === 'fulfilled')).toHaveLength(1);
    expect(await listConnections(w.ctx)).toHaveLength(2);
  });

  it('rejects an empty selection and a Page that is not in the list', async () => {
    const w = await bench.another();
    await signIn(w);
    const { id } = await choiceOf(w);
    await expect(chooseAccounts(w.ctx, { id, remoteIds: [] })).rejects.toMatchObject({
      code: 'invalid',
      fields: { remoteIds: expect.toSay(/at least one/) },
    });
    await expect(chooseAccounts(w.ctx, { id, remoteIds: [DRAWS, '112837465091827'] })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await listConnections(w.ctx)).toEqual([]);
  });

  it('belongs to the member and the workspace that started it', async () => {
    const w = await bench.another();
    await signIn(w);
    const { id } = await choiceOf(w);
    const input = { id, remoteIds: [DRAWS] };
    const colleague = await actingAs(w, 'owner');
    const other = await bench.another();
    const elsewhere = { ...w.ctx, workspaceId: other.workspaceId };
    for (const ctx of [colleague, other.ctx, elsewhere]) {
      expect(await openChoice(ctx)).toBeNull();
      await expect(chooseAccounts(ctx, input)).rejects.toMatchObject({ code: 'not_found' });
      await expect(dropChoice(ctx, { id })).rejects.toMatchObject({ code: 'not_found' });
    }
    // A member whose role was revoked meanwhile cannot choose either.
    await expect(chooseAccounts(withRole(w.ctx, 'operator'), input)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(chooseAccounts(w.ctx, input)).resolves.toHaveProperty('connectionIds');
  });

  it('expires after half an hour, and the sweep revokes the unused access', async () => {
    await bench.handler.world.tokens.revoke(bench.db.raw, { platform: 'facebook' }, bench.world.clock.now());
    const w = await bench.another();
    await dropStaleChoices(w);
    await disconnectAll();
    await signIn(w);
    const { id } = await choiceOf(w);
    w.clock.advance(30 * 60_000);
    expect(await openChoice(w.ctx)).toBeNull();
    await expect(chooseAccounts(w.ctx, { id, remoteIds: [DRAWS] })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await liveGrants()).toBe(1);
    expect(await dropStaleChoices(w)).toBeGreaterThan(0);
    expect(await liveGrants()).toBe(0);
    expect(await dropStaleChoices(w)).toBe(0);
  });

  it('can be dropped without affecting the Pages of others', async () => {
    await disconnectAll();
    const w = await bench.another();
    const other = await bench.another();
    await connectSandbox(bench.handler, other.ctx, 'facebook', 'mira.okafor', [STUDIO]);
    await signIn(w);
    await dropChoice(w.ctx, { id: (await choiceOf(w)).id });
    expect(await openChoice(w.ctx)).toBeNull();
    const [theirs] = await listConnections(other.ctx);
    expect(await publish(other, theirs?.id ?? '', 'still here')).toHaveProperty('remoteId');
  });
});

describe('other outcomes of a sign-in', () => {
  it('explains what to do if there is no Page, and revokes the access', async () => {
    const w = await bench.another();
    const before = await liveGrants();
    expect(await signIn(w, 'ines.duarte')).toMatchObject({ code: 'no_account', connectionIds: [] });
    expect(await liveGrants()).toBe(before);
    expect(await listConnections(w.ctx)).toEqual([]);
  });

  it('renews a requested connection without a choice, and refuses another account', async () => {
    const w = await bench.another();
    const done = await connectSandbox(bench.handler, w.ctx, 'facebook', 'mira.okafor', [STUDIO]);
    const connectionId = done.connectionIds[0] ?? '';
    const again = async (account: string) => {
      const { url } = await startConnection(w.ctx, {
        platform: 'facebook',
        connectionId,
        returnTo: '/connections',
      });
      const back = await consent(bench.handler, url, account);
      return completeConnection({ ctx: w.ctx, input: { platform: 'facebook', ...back } });
    };
    expect(await again('leo.sandoval')).toMatchObject({ code: 'other_account', connectionIds: [] });
    expect(await again('mira.okafor')).toMatchObject({ code: 'renewed', connectionIds: [connectionId] });
    expect(await openChoice(w.ctx)).toBeNull();
    expect(await listConnections(w.ctx)).toHaveLength(1);
  });
});

/** Removes all Facebook connections and open choices, in every workspace. */
async function disconnectAll(): Promise<void> {
  const { db, world } = bench;
  await db.asSystem((tx) => tx.delete(connectionChoices));
  const rows = await db.asSystem((tx) =>
    tx.select().from(connections).where(eq(connections.platform, 'facebook')),
  );
  for (const row of rows) {
    const workspaceId = row.workspaceId as World['workspaceId'];
    await disconnect({ ...world.ctx, workspaceId }, { id: row.id });
  }
}
