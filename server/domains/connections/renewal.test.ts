import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, connections } from '@/db/schema';
import type { WireRequest } from '@/server/connectors/host/transport';
import { ConnectorFault } from '@/server/connectors/kit/types';
import type { SandboxHandler } from '@/server/sandbox/handler';
import { plain } from '@/tests/support/plain';
import { createWorld, type World } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { findExpiring, refreshConnection } from './refresh-connections';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox } from './testing';

let bench: Bench;
let db: Db;
let world: World;
let handler: SandboxHandler;
let seen: WireRequest[];
let row: Bench['row'];

beforeAll(async () => {
  bench = await connectionsBench();
  ({ db, world, handler, seen, row } = bench);
});
afterAll(() => bench.close());

describe('tokens', () => {
  const connectX = async () => {
    const w = await createWorld(db, { plan: 'pro', clock: world.clock });
    const done = await connectSandbox(handler, w.ctx, 'x', 'tinyplates');
    return { w, id: done.connectionIds[0] ?? '' };
  };
  const refreshes = () =>
    seen.filter((s) => s.url.endsWith('/oauth2/token') && String(s.body).includes('refresh_token=')).length;
  const publish = (w: World, connectionId: string, text: string) =>
    callPlatform({ ctx: w.ctx, connectionId, capability: 'publish', input: { text, idempotencyKey: text } });

  it('renews an expired token once for many concurrent callers', async () => {
    const { w, id } = await connectX();
    const before = (await row(id)).credentials;
    w.clock.advance(2 * 3_600_000);
    const from = refreshes();
    await Promise.all(
      ['one', 'two', 'three'].map((text) => publish(w, id, `${text} ${w.clock.now().getTime()}`)),
    );
    expect(refreshes() - from).toBe(1);
    const after = await row(id);
    expect(after.credentials).not.toBe(before);
    expect(after).toMatchObject({ status: 'active', refreshLeaseUntil: null });
  });

  it('waits for another process that is renewing, and takes over if that process crashed', async () => {
    const { w, id } = await connectX();
    const { access } = await import('@/server/connectors/host/access');
    const { loadTarget } = await import('./load-target');
    w.clock.advance(2 * 3_600_000);
    const { target } = await loadTarget(w.ctx, id);
    const peer = {
      manifest: target.connector.manifest,
      renew: () => Promise.reject(new Error('The other process renews it.')),
    };
    const store = target.store;
    // The other process holds the lease and stores its result a moment later.
    expect(await store.lease(target.credentials.sealed, new Date(w.clock.now().getTime() + 45_000))).toBe(
      true,
    );
    const { sealTokens } = await import('@/server/connectors/host/tokens');
    const theirs = {
      accessToken: 'theirs',
      refreshToken: 'r',
      accessExpiresAt: null,
      refreshExpiresAt: null,
      scopes: [],
    };
    const sealed = sealTokens(id, theirs);
    const from = refreshes();
    const waiting = access({
      connectionId: id,
      credentials: target.credentials,
      store,
      peer,
      clock: w.clock,
    });
    await store.save(
      target.credentials.sealed,
      { sealed, accessExpiresAt: null, refreshExpiresAt: null },
      theirs,
    );
    expect((await waiting).secrets.accessToken).toBe('theirs');
    expect(refreshes()).toBe(from);

    // An expired lease does not block.
    const stale = await connectX();
    stale.w.clock.advance(2 * 3_600_000);
    const other = (await loadTarget(stale.w.ctx, stale.id)).target;
    await other.store.lease(other.credentials.sealed, new Date(stale.w.clock.now().getTime() + 45_000));
    stale.w.clock.advance(46_000);
    await expect(publish(stale.w, stale.id, 'after a crash')).resolves.toHaveProperty('remoteId');
  });

  it('releases only its own lease when another process has taken over', async () => {
    const { w, id } = await connectX();
    const { loadTarget } = await import('./load-target');
    const [late, heir] = [(await loadTarget(w.ctx, id)).target, (await loadTarget(w.ctx, id)).target];
    const { sealed } = late.credentials;
    const until = () => new Date(w.clock.now().getTime() + 45_000);
    expect(await late.store.lease(sealed, until())).toBe(true);
    w.clock.advance(46_000);
    expect(await heir.store.lease(sealed, until())).toBe(true);
    await late.store.release(sealed);
    expect(await late.store.lease(sealed, until())).toBe(false);
    await heir.store.release(sealed);
    expect(await late.store.lease(sealed, until())).toBe(true);
    await late.store.release(sealed);
  });

  it('stops waiting when the other process was refused', async () => {
    const { w, id } = await connectX();
    const { loadTarget } = await import('./load-target');
    const { markBroken } = await import('./mark-broken');
    w.clock.advance(2 * 3_600_000);
    const { target } = await loadTarget(w.ctx, id);
    const { sealed } = target.credentials;
    await target.store.lease(sealed, new Date(w.clock.now().getTime() + 45_000));
    const from = refreshes();
    const waiting = publish(w, id, 'waiting').catch((e: unknown) => e);
    const { usedCredentials } = await import('@/server/connectors/host/call');
    const fault = new ConnectorFault('reauth', plain('The connection to X has ended. Reconnect it.'));
    usedCredentials.set(fault, sealed);
    await markBroken(w.ctx, id, fault);
    expect(await waiting).toMatchObject({ kind: 'reauth' });
    expect(refreshes()).toBe(from);
  });

  it.each([
    ['crashes after the platform used up the token', false],
    ['loses the response', true],
  ] as const)('requires a reconnection when the renewing process %s', async (name, lives) => {
    const { w, id } = await connectX();
    const { loadTarget } = await import('./load-target');
    w.clock.advance(2 * 3_600_000);
    if (lives) {
      // The platform renews but its response is lost: this attempt is only delayed, and the next one finds out.
      await handler.world.faults.add({ platform: 'x', operation: 'token', kind: 'reset_after', count: 1 });
      await expect(publish(w, id, 'lost')).rejects.toMatchObject({ kind: 'transient' });
      expect(await row(id)).toMatchObject({ status: 'active', refreshLeaseUntil: null });
    } else {
      const { refreshTokens } = await import('@/server/connectors/host/oauth');
      const { openTokens } = await import('@/server/connectors/host/tokens');
      const { target } = await loadTarget(w.ctx, id);
      const { sealed } = target.credentials;
      const lease = (ms: number) => target.store.lease(sealed, new Date(w.clock.now().getTime() + ms));
      expect(await lease(45_000)).toBe(true);
      const { peerOf } = await import('@/server/connectors/host/call');
      await refreshTokens(peerOf({ ...target, server: null }), openTokens(id, sealed).refreshToken ?? '');
      // The process crashed here and stored nothing. While the lease lasts, no other process uses the token; then the next one tries.
      expect(await lease(45_000)).toBe(false);
      w.clock.advance(45_001);
    }
    const from = refreshes();
    const ends = await Promise.allSettled(['a', 'b', 'c'].map((text) => publish(w, id, text)));
    for (const e of ends)
      expect(e).toMatchObject({
        status: 'rejected',
        reason: { kind: 'reauth', message: 'The connection to X has ended. Reconnect it.' },
      });
    expect(refreshes() - from).toBe(1);
    expect(await row(id)).toMatchObject({
      status: 'needs_reconnect',
      problem: 'The connection to X has ended. Reconnect it.',
      refreshLeaseUntil: null,
    });
    const raised = await db.asSystem((tx) =>
      tx.select().from(alerts).where(eq(alerts.workspaceId, w.workspaceId)),
    );
    expect(raised).toMatchObject([{ resolved: false, title: 'Reconnect X: Tiny Plates (@tinyplates)' }]);

    // From here on, neither callers nor the sweep contact the platform.
    await expect(publish(w, id, 'd')).rejects.toMatchObject({ kind: 'reauth' });
    expect((await findExpiring({ db, clock: w.clock })).some((d) => d.connectionId === id)).toBe(false);
    expect(refreshes() - from).toBe(1);
    expect(await connectSandbox(handler, w.ctx, 'x', 'tinyplates')).toMatchObject({
      code: 'renewed',
      connectionIds: [id],
    });
    expect(await publish(w, id, `works after ${name}`)).toHaveProperty('remoteId');
  });

  it('marks a revoked connection once, raises one alert, and resolves it on reconnection', async () => {
    const { w, id } = await connectX();
    await handler.world.faults.add({ platform: 'x', operation: '*', kind: 'revoke_tokens', count: 2 });
    const results = await Promise.allSettled([publish(w, id, 'a'), publish(w, id, 'b')]);
    for (const r of results) expect(r).toMatchObject({ status: 'rejected', reason: { kind: 'reauth' } });
    expect(await row(id)).toMatchObject({ status: 'needs_reconnect' });
    const open = () =>
      db.asSystem((tx) => tx.select().from(alerts).where(eq(alerts.workspaceId, w.workspaceId)));
    expect(await open()).toMatchObject([{ resolved: false, href: '/connections' }]);
    await expect(publish(w, id, 'c')).rejects.toMatchObject({ kind: 'reauth' });
    const done = await connectSandbox(handler, w.ctx, 'x', 'tinyplates');
    expect(done).toMatchObject({ code: 'renewed', connectionIds: [id] });
    expect(await open()).toMatchObject([{ resolved: true }]);
    await expect(publish(w, id, 'works again')).resolves.toHaveProperty('remoteId');
  });

  it('renews tokens early in the sweep and leaves the others alone', async () => {
    const { w, id } = await connectX();
    const mine = async () =>
      (await findExpiring({ db, clock: w.clock })).filter((d) => d.connectionId === id);
    expect(await mine()).toEqual([]);
    w.clock.advance(2 * 3_600_000 - 10 * 60_000);
    expect(await mine()).toHaveLength(1);
    const until = (ms: number) =>
      db.asSystem((tx) =>
        tx
          .update(connections)
          .set({ renewAfter: new Date(w.clock.now().getTime() + ms) })
          .where(eq(connections.id, id)),
      );
    await until(3_600_000);
    expect(await mine()).toEqual([]);
    // A renewal that failed while the clock was ahead.
    await until(30 * 86_400_000);
    expect(await mine()).toHaveLength(1);
    expect(await refreshConnection({ ctx: w.ctx, connectionId: id })).toBe('renewed');
    expect(await mine()).toEqual([]);
  });

  describe('a failing token endpoint', () => {
    const html = '<html><body><h1>404 Not Found</h1></body></html>';
    const json = (error: string, description = 'No.') =>
      JSON.stringify({ error, error_description: description });
    /** Answers every refresh with this response instead of X's. */
    const answering = (status: number, body: string, headers: Record<string, string> = {}) => {
      bench.wrap = (inner) => async (wire) => {
        if (!wire.url.endsWith('/oauth2/token')) return inner(wire);
        wire.onSent();
        return {
          status,
          headers: { 'content-type': body.startsWith('{') ? 'application/json' : 'text/html', ...headers },
          body,
        };
      };
    };
    const open = async (w: World) =>
      (
        await db.asSystem((tx) => tx.select().from(alerts).where(eq(alerts.workspaceId, w.workspaceId)))
      ).filter((alert) => !alert.resolved);

    it.each([
      ['a 404 page of a gateway', 404, html, {}, false],
      ['a JSON 404', 404, json('Not Found'), {}, false],
      ['a request time-out', 408, '', {}, false],
      ['a firewall page', 403, html, {}, false],
      ['a maintenance page', 503, html, {}, false],
      ['a page with status 200', 200, html, {}, false],
      ['server_error with status 400', 400, json('server_error'), {}, false],
      ['temporarily_unavailable', 400, json('temporarily_unavailable'), {}, false],
      ['a rate limit', 429, json('invalid_grant'), { 'retry-after': '60' }, false],
      ['invalid_grant with status 500', 500, json('invalid_grant'), {}, false],
      ['an array instead of an object', 400, '["invalid_grant"]', {}, false],
      ['a number instead of an error code', 400, '{"error":7}', {}, false],
      ['a wrong client secret', 401, json('invalid_client'), {}, true],
      ['a disabled client', 400, json('unauthorized_client'), {}, true],
      [
        'an authentication challenge',
        401,
        json('invalid_client'),
        { 'www-authenticate': 'Basic realm="x"' },
        true,
      ],
      ['an unsupported grant type', 400, json('unsupported_grant_type'), {}, true],
      [
        'X’s error code with another description',
        400,
        json('invalid_request', 'Missing required parameter [client_id].'),
        {},
        true,
      ],
    ] as const)(
      'keeps the connection and recovers automatically after %s',
      async (_, status, body, headers, installation) => {
        const { w, id } = await connectX();
        w.clock.advance(2 * 3_600_000 - 5 * 60_000);
        answering(status, body, headers);
        try {
          expect(await refreshConnection({ ctx: w.ctx, connectionId: id })).toBe('later');
          expect(await row(id)).toMatchObject({ status: 'active', problem: null, refreshLeaseUntil: null });
          // Alerts immediately if someone has to fix it, otherwise once the token has expired.
          expect(await open(w)).toHaveLength(installation ? 1 : 0);
          w.clock.advance(5 * 60_000);
          expect(await refreshConnection({ ctx: w.ctx, connectionId: id })).toBe('later');
          expect(await open(w)).toMatchObject([{ key: `connection:${id}:renewal`, severity: 'warning' }]);
          await expect(publish(w, id, `During ${_}`)).rejects.toMatchObject({ kind: 'transient' });
          expect(await row(id)).toMatchObject({ status: 'active' });
        } finally {
          bench.wrap = null;
        }
        await expect(publish(w, id, `After ${_}`)).resolves.toHaveProperty('remoteId');
        expect(await row(id)).toMatchObject({ status: 'active', renewTries: 0, renewAfter: null });
        expect(await open(w)).toEqual([]);
      },
    );

    it.each([
      ['invalid_grant', 400, json('invalid_grant')],
      ['invalid_grant with status 401', 401, json('invalid_grant')],
      ['X’s own error', 400, json('invalid_request', 'Value passed for the token was invalid.')],
    ] as const)(
      'requires a reconnection when the platform reports that the grant has ended: %s',
      async (_, status, body) => {
        const { w, id } = await connectX();
        w.clock.advance(2 * 3_600_000);
        answering(status, body);
        try {
          expect(await refreshConnection({ ctx: w.ctx, connectionId: id })).toBe('broken');
        } finally {
          bench.wrap = null;
        }
        expect(await row(id)).toMatchObject({ status: 'needs_reconnect' });
        expect(await open(w)).toMatchObject([{ key: `connection:${id}:reconnect` }]);
      },
    );

    it('does not let failing connections hold up others', async () => {
      const failing = await connectX();
      const other = await connectX();
      failing.w.clock.advance(2 * 3_600_000 - 10 * 60_000);
      answering(503, html);
      try {
        expect(await refreshConnection({ ctx: failing.w.ctx, connectionId: failing.id })).toBe('later');
      } finally {
        bench.wrap = null;
      }
      const due = async () => (await findExpiring({ db, clock: world.clock })).map((d) => d.connectionId);
      // The failed one gets its turn later, after those that did not fail.
      expect(await due()).toContain(other.id);
      expect(await due()).not.toContain(failing.id);
      world.clock.advance(5 * 60_000);
      const now = await due();
      expect(now.indexOf(failing.id)).toBeGreaterThan(now.indexOf(other.id));
    });
  });

  it('does not end a connection whose grant the platform has just renewed', async () => {
    const { w, id } = await connectX();
    bench.wrap = (inner) => async (wire) => {
      if (!wire.url.endsWith('/2/tweets')) return inner(wire);
      wire.onSent();
      return {
        status: 401,
        headers: { 'content-type': 'application/json' },
        body: '{"title":"Unauthorized","status":401}',
      };
    };
    try {
      await expect(publish(w, id, 'refused')).rejects.toMatchObject({ kind: 'transient' });
      expect(await row(id)).toMatchObject({ status: 'active' });
    } finally {
      bench.wrap = null;
    }
    await expect(publish(w, id, 'taken')).resolves.toHaveProperty('remoteId');
  });
});
