import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, grants } from '@/db/schema';
import type { CallTarget } from '@/server/connectors/host/call';
import type { WireRequest } from '@/server/connectors/host/transport';
import { ConnectorFault } from '@/server/connectors/kit/types';
import type { SandboxHandler } from '@/server/sandbox/handler';
import { plain } from '@/tests/support/plain';
import { createWorld, type World } from '@/tests/support/world';
import { callPlatform } from './call-platform';
import { findExpiring, refreshGrant } from './refresh-connections';
import { type Bench, connectionsBench } from './test-bench';
import { connectSandbox } from './testing';

let bench: Bench;
let db: Db;
let world: World;
let handler: SandboxHandler;
let seen: WireRequest[];
let row: Bench['row'];
let grant: Bench['grant'];

beforeAll(async () => {
  bench = await connectionsBench();
  ({ db, world, handler, seen, row, grant } = bench);
});
afterAll(() => bench.close());

const refresh = async (w: World, id: string) => refreshGrant({ ctx: w.ctx, grantId: (await grant(id)).id });
/** Returns how a connection's credentials are renewed. */
function renewalOf({ store }: CallTarget) {
  if (!store.renewal) throw new Error('these credentials are not renewed');
  return store.renewal;
}

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
    const before = (await grant(id)).credentials;
    w.clock.advance(2 * 3_600_000);
    const from = refreshes();
    await Promise.all(
      ['one', 'two', 'three'].map((text) => publish(w, id, `${text} ${w.clock.now().getTime()}`)),
    );
    expect(refreshes() - from).toBe(1);
    const after = await grant(id);
    expect(after.credentials).not.toBe(before);
    expect(after).toMatchObject({ endedAt: null, refreshLeaseUntil: null });
    expect(await row(id)).toMatchObject({ status: 'active' });
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
    const { store } = target;
    const renewal = renewalOf(target);
    // The other process holds the lease and stores its result a moment later.
    expect(await renewal.lease(target.credentials.sealed, new Date(w.clock.now().getTime() + 45_000))).toBe(
      true,
    );
    const theirs = {
      accessToken: 'theirs',
      refreshToken: 'r',
      accessExpiresAt: null,
      refreshExpiresAt: null,
      scopes: [],
    };
    const from = refreshes();
    const waiting = access({
      credentials: target.credentials,
      store,
      peer,
      clock: w.clock,
    });
    await renewal.save(target.credentials.sealed, theirs);
    expect((await waiting).secrets.accessToken).toBe('theirs');
    expect(refreshes()).toBe(from);

    // An expired lease does not block.
    const stale = await connectX();
    stale.w.clock.advance(2 * 3_600_000);
    const other = (await loadTarget(stale.w.ctx, stale.id)).target;
    await renewalOf(other).lease(other.credentials.sealed, new Date(stale.w.clock.now().getTime() + 45_000));
    stale.w.clock.advance(46_000);
    await expect(publish(stale.w, stale.id, 'after a crash')).resolves.toHaveProperty('remoteId');
  });

  it('does not renew a token again that another process renewed while the old one was being rejected', async () => {
    const { w, id } = await connectX();
    const { call } = await import('@/server/connectors/host/call');
    const { openTokens } = await import('@/server/connectors/host/tokens');
    const { loadTarget } = await import('./load-target');
    const { target } = await loadTarget(w.ctx, id);
    const { accessToken } = openTokens(target.credentials.context, target.credentials.sealed);
    // Early enough that the old token still looks valid here.
    w.clock.advance(2 * 3_600_000 - 10 * 60_000);
    const before = refreshes();
    expect(await refresh(w, id)).toBe('renewed');
    const from = refreshes();
    expect(from).toBe(before + 1);
    const transport: typeof target.transport = (wire, ...rest) => {
      if (!target.transport) throw new Error('The bench has a transport');
      const old = wire.headers.authorization === `Bearer ${accessToken}`;
      const headers = old ? { ...wire.headers, authorization: 'Bearer ended' } : wire.headers;
      return target.transport({ ...wire, headers }, ...rest);
    };
    const input = { text: 'With theirs', idempotencyKey: 'theirs' };
    await expect(call({ ...target, transport }, 'publish', input)).resolves.toHaveProperty('remoteId');
    expect(refreshes()).toBe(from);
  });

  it('requires a reconnection when the stored sign-in can no longer be read', async () => {
    const { w, id } = await connectX();
    const { id: grantId } = await grant(id);
    await db.asSystem((tx) =>
      tx.update(grants).set({ credentials: 'gone.AAAA.AAAA' }).where(eq(grants.id, grantId)),
    );
    await expect(publish(w, id, 'unreadable')).rejects.toMatchObject({ kind: 'reauth' });
    expect(await row(id)).toMatchObject({ status: 'needs_reconnect' });
    expect(await refresh(w, id)).toBe('broken');
  });

  it('keeps a renewed token that could not be stored at first', async () => {
    const { w, id } = await connectX();
    const { call } = await import('@/server/connectors/host/call');
    const { loadTarget } = await import('./load-target');
    w.clock.advance(2 * 3_600_000);
    const { target } = await loadTarget(w.ctx, id);
    const renewal = renewalOf(target);
    let failures = 2;
    const save: typeof renewal.save = async (...given) => {
      if (failures-- > 0) throw new Error('terminating connection due to administrator command');
      return renewal.save(...given);
    };
    const store = { ...target.store, renewal: { ...renewal, save } };
    const input = { text: 'Kept', idempotencyKey: 'kept' };
    await expect(call({ ...target, store }, 'publish', input)).resolves.toHaveProperty('remoteId');
    // The platform ends a sign-in whose refresh token is used twice.
    w.clock.advance(2 * 3_600_000);
    await expect(publish(w, id, 'The next token')).resolves.toHaveProperty('remoteId');
    expect(await row(id)).toMatchObject({ status: 'active' });
  });

  it('releases only its own lease when another process has taken over', async () => {
    const { w, id } = await connectX();
    const { loadTarget } = await import('./load-target');
    const [late, heir] = [(await loadTarget(w.ctx, id)).target, (await loadTarget(w.ctx, id)).target];
    const { sealed } = late.credentials;
    const [ofLate, ofHeir] = [renewalOf(late), renewalOf(heir)];
    const until = () => new Date(w.clock.now().getTime() + 45_000);
    expect(await ofLate.lease(sealed, until())).toBe(true);
    w.clock.advance(46_000);
    expect(await ofHeir.lease(sealed, until())).toBe(true);
    await ofLate.release(sealed);
    expect(await ofLate.lease(sealed, until())).toBe(false);
    await ofHeir.release(sealed);
    expect(await ofLate.lease(sealed, until())).toBe(true);
    await ofLate.release(sealed);
  });

  it('stops waiting when the other process was refused', async () => {
    const { w, id } = await connectX();
    const { loadTarget } = await import('./load-target');
    const { markBroken } = await import('./mark-broken');
    w.clock.advance(2 * 3_600_000);
    const { target } = await loadTarget(w.ctx, id);
    const { sealed } = target.credentials;
    await renewalOf(target).lease(sealed, new Date(w.clock.now().getTime() + 45_000));
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
      expect(await row(id)).toMatchObject({ status: 'active' });
      expect(await grant(id)).toMatchObject({ refreshLeaseUntil: null });
    } else {
      const { refreshTokens } = await import('@/server/connectors/host/oauth');
      const { openTokens } = await import('@/server/connectors/host/tokens');
      const { target } = await loadTarget(w.ctx, id);
      const { sealed, context } = target.credentials;
      const lease = (ms: number) => renewalOf(target).lease(sealed, new Date(w.clock.now().getTime() + ms));
      expect(await lease(45_000)).toBe(true);
      const { peerOf } = await import('@/server/connectors/host/call');
      await refreshTokens(
        peerOf({ ...target, server: null }),
        openTokens(context, sealed).refreshToken ?? '',
      );
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
    });
    const { id: grantId, endedAt, refreshLeaseUntil } = await grant(id);
    expect({ endedAt, refreshLeaseUntil }).toEqual({ endedAt: w.clock.now(), refreshLeaseUntil: null });
    const raised = await db.asSystem((tx) =>
      tx.select().from(alerts).where(eq(alerts.workspaceId, w.workspaceId)),
    );
    expect(raised).toMatchObject([{ resolved: false, title: 'Reconnect X: Tiny Plates (@tinyplates)' }]);

    // From here on, neither callers nor the sweep contact the platform.
    await expect(publish(w, id, 'd')).rejects.toMatchObject({ kind: 'reauth' });
    expect((await findExpiring({ db, clock: w.clock })).some((d) => d.grantId === grantId)).toBe(false);
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
    const grantId = (await grant(id)).id;
    const mine = async () =>
      (await findExpiring({ db, clock: w.clock })).filter((d) => d.grantId === grantId);
    expect(await mine()).toEqual([]);
    w.clock.advance(2 * 3_600_000 - 10 * 60_000);
    expect(await mine()).toHaveLength(1);
    const until = (ms: number) =>
      db.asSystem((tx) =>
        tx
          .update(grants)
          .set({ renewAfter: new Date(w.clock.now().getTime() + ms) })
          .where(eq(grants.id, grantId)),
      );
    await until(3_600_000);
    expect(await mine()).toEqual([]);
    // A renewal that failed while the clock was ahead.
    await until(30 * 86_400_000);
    expect(await mine()).toHaveLength(1);
    expect(await refresh(w, id)).toBe('renewed');
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
          expect(await refresh(w, id)).toBe('later');
          expect(await row(id)).toMatchObject({ status: 'active', problem: null });
          expect(await grant(id)).toMatchObject({ refreshLeaseUntil: null });
          // Alerts immediately if someone has to fix it, otherwise once the token has expired.
          expect(await open(w)).toHaveLength(installation ? 1 : 0);
          w.clock.advance(5 * 60_000);
          expect(await refresh(w, id)).toBe('later');
          expect(await open(w)).toMatchObject([{ key: `connection:${id}:renewal`, severity: 'warning' }]);
          await expect(publish(w, id, `During ${_}`)).rejects.toMatchObject({ kind: 'transient' });
          expect(await row(id)).toMatchObject({ status: 'active' });
        } finally {
          bench.wrap = null;
        }
        await expect(publish(w, id, `After ${_}`)).resolves.toHaveProperty('remoteId');
        expect(await row(id)).toMatchObject({ status: 'active' });
        expect(await grant(id)).toMatchObject({ renewTries: 0, renewAfter: null });
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
          expect(await refresh(w, id)).toBe('broken');
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
        expect(await refresh(failing.w, failing.id)).toBe('later');
      } finally {
        bench.wrap = null;
      }
      const due = async () => (await findExpiring({ db, clock: world.clock })).map((d) => d.grantId);
      const [own, late] = [(await grant(other.id)).id, (await grant(failing.id)).id];
      // The failed one gets its turn later, after those that did not fail.
      expect(await due()).toContain(own);
      expect(await due()).not.toContain(late);
      world.clock.advance(5 * 60_000);
      const now = await due();
      expect(now.indexOf(late)).toBeGreaterThan(now.indexOf(own));
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
