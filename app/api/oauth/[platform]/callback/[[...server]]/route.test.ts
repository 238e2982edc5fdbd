import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { setDb } from '@/db/client';
import { connections, members, oauthStates, sessions } from '@/db/schema';
import { messagesOf } from '@/i18n/messages';
import { type OutcomeCode, outcomeOf } from '@/server/domains/connections/outcomes';
import { listConnections } from '@/server/domains/connections/queries';
import { startConnection } from '@/server/domains/connections/start-connection';
import { type Bench, connectionsBench } from '@/server/domains/connections/test-bench';
import { consent } from '@/server/domains/connections/testing';
import { sha256 } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { addMember, type World } from '@/tests/support/world';
import { GET } from './route';

/** The session id in the browser's cookie. */
let cookie: string | undefined;
vi.mock('@/server/auth', () => ({ auth: async () => (cookie ? { sid: cookie } : null) }));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));

let bench: Bench;
let w: World;

beforeAll(async () => {
  bench = await connectionsBench();
  // The route handler runs in real time, so the sandbox and the verbs that begin a sign-in must too.
  bench.world.clock.set(new Date());
  setDb(bench.db);
});
afterAll(async () => {
  setDb(undefined);
  await bench.close();
});
beforeEach(async () => {
  bench.world.clock.set(new Date());
  w = await bench.another();
  cookie = await signedIn(w.userId);
});

async function signedIn(userId: string): Promise<string> {
  const id = newId('session');
  const now = new Date();
  await bench.db.asSystem((tx) =>
    tx.insert(sessions).values({
      id,
      userId,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    }),
  );
  return id;
}

type Params = Record<string, string | null>;
/** Requests the callback as a browser returning from a platform does. Returns the page that it redirects to and the outcome code. */
async function sendCallback(params: Params, platform = 'x') {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== null) query.set(key, value);
  const answer = await GET(new Request(`${env().appUrl}/api/oauth/${platform}/callback?${query}`), {
    params: Promise.resolve({ platform }),
  });
  expect(answer.status).toBe(303);
  expect(await answer.text()).toBe('');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  const to = new URL(answer.headers.get('location') ?? '');
  expect(to.origin).toBe(new URL(env().appUrl).origin);
  return { to, code: to.searchParams.get('connection') ?? '' };
}
const begin = async (world = w, platform: 'x' | 'facebook' | 'etsy' = 'x') => {
  const { url } = await startConnection(world.ctx, {
    platform,
    environment: 'sandbox',
    returnTo: '/onboarding/platforms',
  });
  return url;
};
/** A sign-in that was approved at the platform but has not returned yet. */
const approved = async (world = w, account = 'mira_draws') =>
  consent(bench.handler, await begin(world), account);
const connected = async (world = w) => (await listConnections(world.ctx)).length;
/** Expects a failure: the outcome has a message of its own, and nothing was connected. */
async function expectFailure(code: string, expected: string) {
  expect(code).toBe(expected);
  expect(outcomeOf(code)).toMatchObject({ good: false });
  expect(messagesOf('en').connections.outcome[code as OutcomeCode]).toMatch(/\.$/);
  expect(await connected()).toBe(0);
}

describe('returning from a platform', () => {
  it('connects, returns to the page, and leaves neither code nor state in the URL', async () => {
    const back = await approved();
    const { to, code } = await sendCallback(back);
    expect(code).toBe('connected');
    expect(to.pathname).toBe('/onboarding/platforms');
    expect([...to.searchParams.keys()].sort()).toEqual(['connection', 'platform']);
    expect(to.href).not.toContain(back.code ?? '?');
    expect(to.href).not.toContain(back.state ?? '?');
    expect(await connected()).toBe(1);
  });

  it.each([
    ['forged', { state: 'forged', code: 'c' }],
    ['missing', { code: 'c' }],
    ['empty', { state: '', code: 'c' }],
    ['oversized', { state: 'x'.repeat(100_000), code: 'c' }],
    ['an SQL injection', { state: "' or 1=1 --", code: 'c' }],
    ['a null byte', { state: '\u0000', code: 'c' }],
  ])('refuses a state that is %s', async (_name, params: Params) => {
    const { to, code } = await sendCallback(params);
    expect(to.pathname).toBe('/connections');
    await expectFailure(code, 'unknown_state');
  });

  it('refuses a state that has expired', async () => {
    const back = await approved();
    await bench.db.asSystem((tx) =>
      tx
        .update(oauthStates)
        .set({ expiresAt: new Date(Date.now() - 1_000) })
        .where(eq(oauthStates.stateHash, sha256(back.state ?? ''))),
    );
    await expectFailure((await sendCallback(back)).code, 'expired');
  });

  it('refuses a used state and keeps the connection that it created', async () => {
    const back = await approved();
    expect((await sendCallback(back)).code).toBe('connected');
    const before = await bench.db.asSystem((tx) => tx.select().from(connections));
    expect((await sendCallback(back)).code).toBe('used');
    expect((await sendCallback({ ...back, code: 'another' })).code).toBe('used');
    expect(await bench.db.asSystem((tx) => tx.select().from(connections))).toEqual(before);
  });

  it('refuses the state of another user, of a colleague and of another platform', async () => {
    const back = await approved();
    const stranger = await bench.another();
    cookie = await signedIn(stranger.userId);
    expect((await sendCallback(back)).code).toBe('other_person');
    expect(await connected(stranger)).toBe(0);
    const colleague = await addMember(w, 'owner');
    cookie = await signedIn(colleague.userId);
    await expectFailure((await sendCallback(back)).code, 'other_person');
    cookie = await signedIn(w.userId);
    await expectFailure((await sendCallback(back, 'etsy')).code, 'other_platform');
    await expectFailure((await sendCallback(back, 'no-such-platform')).code, 'other_platform');
    // None of these attempts used it up.
    expect((await sendCallback(back)).code).toBe('connected');
  });

  it('refuses a member whose role was revoked meanwhile', async () => {
    const back = await approved();
    await bench.db.asSystem((tx) =>
      tx.update(members).set({ role: 'viewer' }).where(eq(members.userId, w.userId)),
    );
    await expectFailure((await sendCallback(back)).code, 'role');
  });

  it.each([
    ['wrong', { code: 'not-the-code' }, 'platform_refused'],
    ['missing', { code: null }, 'no_code'],
    ['oversized', { code: 'c'.repeat(10_000) }, 'no_code'],
  ])('refuses a code that is %s', async (_name, wrong: Params, expected) => {
    const back = await approved();
    await expectFailure((await sendCallback({ ...back, ...wrong })).code, expected);
    // The state is used up, so the valid code is refused as well.
    await expectFailure((await sendCallback(back)).code, 'used');
  });

  it('refuses a code of another sign-in', async () => {
    const [one, two] = [await approved(), await approved()];
    await expectFailure((await sendCallback({ state: one.state, code: two.code })).code, 'platform_refused');
  });

  it.each(['x', 'facebook', 'etsy'] as const)('reports that the user refused at %s', async (platform) => {
    const account = { x: 'mira_draws', facebook: 'leo.sandoval', etsy: 'miraokafor' }[platform];
    const back = await consent(bench.handler, await begin(w, platform), account, 'refuse');
    const { to, code } = await sendCallback(back, platform);
    expect(to.pathname).toBe('/onboarding/platforms');
    await expectFailure(code, 'refused');
  });

  it('shows no content of a hostile redirect', async () => {
    const html = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
    const { state } = await approved();
    const { to, code } = await sendCallback({
      state,
      error: html,
      error_description: html,
      error_reason: html,
      error_uri: 'javascript:alert(3)',
    });
    await expectFailure(code, 'platform_refused');
    for (const part of ['script', 'alert', 'onerror', 'javascript']) expect(to.href).not.toContain(part);
    const unknown = await sendCallback({ state: html, code: html, error: html }, html);
    await expectFailure(unknown.code, 'unknown_state');
    expect(unknown.to.href).not.toContain('<');
    expect([...unknown.to.searchParams.keys()].sort()).toEqual(['connection', 'platform']);
    expect(outcomeOf('__proto__')).toBeNull();
    expect(outcomeOf(html)).toBeNull();
  });

  it('asks a signed-out user to sign in and reports that nothing was connected', async () => {
    const back = await approved();
    cookie = undefined;
    const { to } = await sendCallback(back);
    expect(to.pathname).toBe('/sign-in');
    expect([...to.searchParams.keys()]).toEqual(['next']);
    const next = new URL(to.searchParams.get('next') ?? '', env().appUrl);
    expect(next.pathname).toBe('/connections');
    await expectFailure(next.searchParams.get('connection') ?? '', 'signed_out');
    cookie = 'ses_that_does_not_exist';
    expect((await sendCallback(back)).to.pathname).toBe('/sign-in');
    expect(await connected()).toBe(0);
  });

  it('connects once when two callbacks arrive at the same time', async () => {
    const back = await approved();
    const codes = await Promise.all(Array.from({ length: 4 }, async () => (await sendCallback(back)).code));
    expect(codes.sort()).toEqual(['connected', 'used', 'used', 'used']);
    expect(await connected()).toBe(1);
  });

  it('connects an account once when two sign-ins for it finish at the same time', async () => {
    const backs = [await approved(), await approved()];
    const codes = await Promise.all(backs.map(async (back) => (await sendCallback(back)).code));
    expect(codes.sort()).toEqual(['connected', 'renewed']);
    expect(await connected()).toBe(1);
  });

  it('reports a problem of the platform', async () => {
    const back = await approved();
    await bench.handler.world.faults.add({ platform: 'x', operation: 'token', kind: '500_before', count: 1 });
    await expectFailure((await sendCallback(back)).code, 'platform_failed');
  });

  it('redirects to the choice when there are several Pages', async () => {
    const back = await consent(bench.handler, await begin(w, 'facebook'), 'mira.okafor');
    const { to, code } = await sendCallback(back, 'facebook');
    expect([to.pathname, code]).toEqual(['/onboarding/platforms', 'choose']);
    expect(await connected()).toBe(0);
  });
});
